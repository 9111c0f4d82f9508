// A ticket opens in the panel at the right: a link with `data-panel` is fetched with the header `HX-Target: panel`.
// Escape closes; j and k go to the next and the previous without closing (rows.js moves, and asks the panel to follow).
import { on } from "./dom.js";
import { htmx } from "./htmx-settings.js";
import { register } from "./keys.js";

const panel = () => document.getElementById("panel");
let opener = null;

/** Say whether a ticket is open in the panel. */
export function isPanelOpen() {
  return Boolean(panel() && !panel().hidden);
}

/** Show the page behind a link in the panel. */
export async function openInPanel(link) {
  const place = panel();
  if (!place) { location.assign(link.href); return; }
  document.querySelectorAll("[data-open]").forEach((row) => row.removeAttribute("data-open"));
  link.closest("[data-ticket]")?.setAttribute("data-open", "");
  opener = link;
  await htmx.ajax("GET", link.href, { source: place, target: place, swap: "innerHTML" });
  place.hidden = false;
  place.scrollTop = 0;
}

/** Put the panel away and give the focus back to the row that opened it. */
export function closePanel() {
  const place = panel();
  if (!place || place.hidden) return;
  place.hidden = true;
  place.replaceChildren();
  document.querySelectorAll("[data-open]").forEach((row) => row.removeAttribute("data-open"));
  opener?.focus({ preventScroll: true });
}

on("click", "a[data-panel]", (event, link) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0 || innerWidth < 800 || !panel()) return;
  event.preventDefault();
  openInPanel(link);
});
on("click", "[data-closes-panel]", closePanel);
register("Escape", closePanel, { when: () => isPanelOpen() && !document.querySelector("dialog[open]") });
