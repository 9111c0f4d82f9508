// `#view` is the part of a page that filters replace. An event `stale` on the document fetches it anew in its place:
// document.dispatchEvent(new CustomEvent("stale")), or the server's header HX-Trigger: {"stale": {}}.
import { at, mount, targetOf } from "./dom.js";
import { fetchShown, putRows } from "./list.js";
import { clearSelection } from "./selection.js";
import { htmx } from "./vendor.js";

let open = null;

/** Fetch the view anew; where one had scrolled to and what had the focus stay, and so do the pages that are shown. */
export async function refreshView() {
  const view = document.getElementById("view");
  if (!view?.querySelector("[data-ticket], .bar-below")) return;
  if (view.querySelector(".content > .list") && view.querySelector(".bar-below")) {
    const asked = at(),
      fresh = await fetchShown();
    if (at() !== asked) return;
    if (fresh?.isPlain) {
      putRows(fresh);
      return;
    }
  }
  const top = document.getElementById("content")?.scrollTop ?? 0;
  const focused = document.activeElement?.closest?.("[data-ticket]")?.dataset.ticket;
  await htmx.ajax("GET", at(), { source: view, target: "#view", swap: "outerHTML" });
  const content = document.getElementById("content");
  if (content) content.scrollTop = top;
  if (focused) document.querySelector(`[data-ticket="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
}

document.addEventListener("stale", () => {
  clearSelection();
  refreshView();
});

// A menu of filters stays open while values are chosen in it.
document.addEventListener("htmx:beforeRequest", (event) => {
  const item = targetOf(event),
    menu = item.closest?.("details[data-filter]");
  open = menu && event.detail.target?.id === "view" ? item.getAttribute("href") && fieldOf(menu, item) : null;
});

function fieldOf(menu, item) {
  const title = item.closest(".popup")?.querySelector(".popup-search")?.getAttribute("hx-get")?.split("/")[2];
  return menu.dataset.filter === "+" ? title || null : menu.dataset.filter;
}

mount("#view", () => {
  if (!open) return;
  const menu = document.querySelector(`details[data-filter="${CSS.escape(open)}"]`);
  open = null;
  if (menu) menu.open = true;
});

// The search keeps its focus, its caret, and what was typed since it was sent, when the view is replaced; that is sent next.
/** @type {{ text: string, caret: number } | null} */
let written = null;
let isNewer = false;
document.addEventListener("htmx:beforeSwap", () => {
  const field = /** @type {PageElement} */ (document.activeElement);
  written = field?.id === "search" ? { text: field.value, caret: field.selectionStart } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const field = document.getElementById("search");
  if (!written || !field) return;
  isNewer = field.value !== written.text;
  field.value = written.text;
  field.focus({ preventScroll: true });
  field.setSelectionRange(written.caret, written.caret);
  written = null;
});
mount("#view", () => {
  if (isNewer) document.getElementById("search")?.form.requestSubmit();
  isNewer = false;
});
