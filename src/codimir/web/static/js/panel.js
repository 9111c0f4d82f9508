// A ticket opens in the panel at the right: a link with `data-panel` is fetched with the header `HX-Target: panel`.
// Escape closes; j and k go to the next and the previous without closing (rows.js moves, and asks the panel to follow).
// What is open stands in the address (`#ticket=WEB-1`): Back closes it, and a reload or a copied address opens it again.
import { at, delegate, get, getAround } from "./dom.js";
import { register } from "./keys.js";
import { isBack } from "./place.js";
import { htmx } from "./vendor.js";

const NARROW = 800;
const hasPanel = () => Boolean(document.getElementById("panel"));
const panel = () => get("#panel");
const nameIn = (href) => new URL(href, location.href).pathname.split("/").pop() ?? "";
const named = () => /^#ticket=([\w-]+)$/.exec(location.hash)?.[1] ?? "";
/** @type {PageElement | null} */
let opener = null;
let open = "";
/** @type {Promise<unknown> | null} */
let loading = null;
let shown = at();

/** Say whether a ticket is open in the panel, or about to be. */
export function isPanelOpen() {
  return Boolean(open);
}

/** Show the page behind a link in the panel. */
export async function openInPanel(link) {
  if (!hasPanel()) {
    location.assign(link.href);
    return;
  }
  const hash = `#ticket=${nameIn(link.href)}`;
  if (isPanelOpen() && named()) history.replaceState(history.state, "", hash);
  else history.pushState({ htmx: true, panel: true }, "", hash);
  await show(link.href, link);
}

/** Put the panel away and give the focus back to the row that opened it. */
export function closePanel() {
  hide();
  if (!named()) return;
  if (history.state?.panel) history.back();
  else history.replaceState(history.state, "", at());
}

async function show(href, link) {
  const place = panel();
  unmark();
  link?.closest("[data-ticket]")?.setAttribute("data-open", "");
  opener = link;
  open = nameIn(href);
  loading = load(loading, href);
  await loading;
  if (open !== nameIn(href)) return;
  if (!place.querySelector("#ticket")) {
    closePanel();
    return;
  }
  beside(() => {
    place.hidden = false;
  });
  place.scrollTop = 0;
}

/** Fetch a ticket after the one that is under way; not when another one is wanted by then. */
async function load(before, href) {
  await before;
  const place = document.getElementById("panel");
  if (place && open === nameIn(href))
    await htmx.ajax("GET", href, { source: place, target: place, swap: "innerHTML" }).catch(() => null);
}

/** Let the view have another width, in which its rows have another height: the row that is open stays where it is. */
function beside(change) {
  const row = document.querySelector(".content [data-open]");
  if (!row) {
    change();
    return;
  }
  const part = getAround(row, ".column-cards, .content");
  const top = row.getBoundingClientRect().top;
  change();
  part.scrollTop += row.getBoundingClientRect().top - top;
  row.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function hide() {
  if (!open) return;
  beside(() => {
    panel().hidden = true;
  });
  panel().replaceChildren();
  open = "";
  unmark();
  opener?.focus({ preventScroll: true });
}

function unmark() {
  document.querySelectorAll("[data-open]").forEach((row) => row.removeAttribute("data-open"));
}

/** Show what the address names. */
function follow() {
  const name = named();
  if (name === open || (location.hash && !name) || !hasPanel()) return;
  if (!name) hide();
  else if (innerWidth < NARROW) location.replace(`/tickets/${name}`);
  else show(`/tickets/${name}`, document.querySelector(`.content a[data-panel][href^="/tickets/${name}"]`));
}

// Back within one view only opens or closes the panel; of another view htmx loads the page anew.
addEventListener(
  "popstate",
  (event) => {
    if (at() !== shown) {
      if (!event.state?.htmx) location.reload();
      return;
    }
    event.stopImmediatePropagation();
    follow();
  },
  { capture: true },
);
for (const type of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"])
  document.addEventListener(type, () => {
    shown = at();
  });
isBack.then(follow);

delegate("click", "a[data-panel]", (event, link) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0 || innerWidth < NARROW || !hasPanel())
    return;
  event.preventDefault();
  openInPanel(link);
});
delegate("click", "[data-closes-panel]", closePanel);
register("Escape", closePanel, { when: () => isPanelOpen() && !document.querySelector("dialog[open]") });
