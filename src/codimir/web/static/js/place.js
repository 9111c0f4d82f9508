// Back from a ticket leads to the same rows at the same place. Our pages are kept by nobody (`no-store`), so going back loads
// them anew: each entry of the history (https://html.spec.whatwg.org/#navigation-api) keeps how many rows were there, and
// which one stood where. What others changed meanwhile is shown; the row that one looked at stays on its height.
import { at, get } from "./dom.js";
import { htmx } from "./vendor.js";

const KEPT = "codimir.places",
  MOST = 40,
  MOST_LOADS = 40;
const RETURNS = ["back_forward", "reload"];
const entries = window.navigation;
let entry = entries?.currentEntry?.key;
let shown = at();

const hasContent = () => Boolean(document.getElementById("content"));
const content = () => get("#content");
const rowsIn = (part) => [...part.querySelectorAll("[data-ticket]")];
const partsOf = (root) => [root, ...root.querySelectorAll(".column-cards")];
const sameRows = (part, ticket) => rowsIn(part).filter((row) => row.dataset.ticket === ticket);

/** Say where one is in a part that scrolls: how many rows it has, and where the one that is open is, or the first one seen. */
function placeIn(part) {
  const { top, bottom } = part.getBoundingClientRect();
  const seen = part.scrollTop
    ? rowsIn(part).filter(
        (each) => each.getBoundingClientRect().bottom > top && each.getBoundingClientRect().top < bottom,
      )
    : [];
  const row = seen.find((each) => each.hasAttribute("data-open")) ?? seen[0];
  const anchor = row && {
    ticket: row.dataset.ticket,
    nth: sameRows(part, row.dataset.ticket).indexOf(row),
    top: row.getBoundingClientRect().top - top,
  };
  return { count: rowsIn(part).length, top: part.scrollTop, left: part.scrollLeft, anchor };
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
}

function keep(name) {
  if (!name || !hasContent()) return;
  const { [name]: _, ...others } = read();
  const focus = (document.activeElement?.closest?.("#content [data-ticket]") ?? content().querySelector("[data-open]"))
    ?.dataset.ticket;
  const places = [...Object.entries(others), [name, { focus, parts: partsOf(content()).map(placeIn) }]];
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(places.slice(-MOST))));
  } catch {
    /* Closed to us: then one comes back to the top. */
  }
}

/** Fetch what was there, then go to where one was; whoever moves meanwhile is left where they go. */
async function bringBack({ focus, parts }) {
  const moves = new AbortController();
  for (const type of ["wheel", "keydown", "pointerdown"])
    addEventListener(type, () => moves.abort(), { once: true, signal: moves.signal, passive: true });
  const found = partsOf(content());
  await Promise.all(parts.slice(0, found.length).map((place, nth) => fill(found[nth], place.count)));
  if (moves.signal.aborted) return;
  moves.abort();
  content().dataset.broughtBack = "";
  found.forEach((part, nth) => {
    if (parts[nth]) goTo(part, parts[nth]);
  });
  if (focus && document.activeElement === document.body)
    sameRows(content(), focus)[0]?.querySelector("a[href]")?.focus({ preventScroll: true });
}

async function fill(part, count) {
  for (let loads = 0; loads < MOST_LOADS && rowsIn(part).length < count; loads += 1) {
    const more = part.querySelector(":is(#more, [data-more]) > [hx-get]");
    if (!more || (part === content() && more.closest(".column-cards"))) return;
    await htmx.ajax("GET", more.getAttribute("hx-get"), {
      source: more,
      target: more.parentElement,
      swap: "outerHTML",
    });
  }
}

function goTo(part, { top, left, anchor }) {
  const row = anchor && sameRows(part, anchor.ticket)[anchor.nth];
  part.scrollLeft = left;
  part.scrollTop = row
    ? part.scrollTop + row.getBoundingClientRect().top - part.getBoundingClientRect().top - anchor.top
    : top;
}

/** Fulfilled as soon as one is where one was before. */
export let isBack = Promise.resolve();

if (entry) {
  const [how] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const place = RETURNS.includes(how?.type) ? read()[entry] : null;
  if (place && content()) isBack = bringBack(place);
  // An entry is left with what is drawn at that moment. One that another view belongs to is loaded anew: then nothing of
  // what is still drawn may be kept for it.
  entries.addEventListener("currententrychange", (event) => {
    if (event.navigationType !== "replace") keep(entry);
    entry = event.navigationType === "traverse" && at() !== shown ? undefined : entries.currentEntry?.key;
    shown = at();
  });
  addEventListener("pagehide", () => keep(entry));
}
