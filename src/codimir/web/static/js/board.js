// The board: cards are dragged by mouse and touch (Sortable), and moved by keyboard: Space lifts, arrows move, Enter
// drops, Escape puts back. A move is shown at once and taken back when the server refuses it. What others move is
// followed live (live.js): the cards that changed are fetched, and go to where their rank puts them.
import { Refused, request } from "./api.js";
import { delegate, mount, t } from "./dom.js";
import { register } from "./keys.js";
import { follow } from "./live.js";
import { toast } from "./toast.js";
import { refreshView } from "./view.js";

const FIELD = { status: "status", priority: "priority", assignee: "assigneeId" };
const NOBODY = "none";
const GATHERS = 60;
const AFTER_TROUBLE = 2_000;
const MOST = 50;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const board = () => document.querySelector("[data-board]");
const listOf = (slot) => slot.closest(".column-cards");
const columnOf = (list) => list.closest("[data-column]");
const slotsOf = (list) => [...list.querySelectorAll(":scope > .slot")];
const ticketOf = (slot) => slot.querySelector("[data-ticket]").dataset.ticket;
const linkOf = (slot) => slot.querySelector(".card-title");
const nameOf = (slot) => slot.querySelector(".card-head span")?.textContent || linkOf(slot).textContent;
const slotWith = (ticket) => document.getElementById(`card-${ticket}`)?.closest(".slot");

// Where a card is: before which other one, in which list.
const placeOf = (slot) => ({ list: listOf(slot), before: slot.nextElementSibling });
function put(slot, { list, before }) {
  const from = slot.getBoundingClientRect();
  list.insertBefore(slot, before?.parentElement === list ? before : list.querySelector(":scope > [data-more]"));
  animateMove(slot, from);
}

/** Show where a card went. */
function animateMove(slot, from) {
  if (CALM.matches || !from.width) return;
  const to = slot.getBoundingClientRect();
  const way = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
  slot.animate([{ transform: way }, { transform: "none" }], { duration: 120, easing: "ease-out" });
}

function announce(name, slot) {
  const list = listOf(slot);
  const said = document.querySelector("[data-board-says]");
  const values = {
    key: nameOf(slot),
    column: columnOf(list).querySelector("h2").textContent,
    place: slotsOf(list).indexOf(slot) + 1,
    count: countOf(list),
  };
  if (said) said.textContent = t(name, values);
}

function countOf(list) {
  return Number(columnOf(list).querySelector("[data-count]").dataset.count);
}

function setCount(list, count) {
  const shown = columnOf(list).querySelector("[data-count]");
  shown.dataset.count = count;
  shown.textContent = new Intl.NumberFormat(document.documentElement.lang).format(count);
}

function count(from, to) {
  if (from === to) return;
  setCount(from, countOf(from) - 1);
  setCount(to, countOf(to) + 1);
}

// ---- moving

const waiting = new Map();

/** Tell the server of a move that is already shown; put the card back when it says no. */
async function settle(slot, origin) {
  const list = listOf(slot);
  const ticket = ticketOf(slot);
  if (list === origin.list && slot.nextElementSibling === origin.before) return;
  const target = positionOf(slot, list, origin.list);
  count(origin.list, list);
  waiting.set(ticket, (waiting.get(ticket) ?? 0) + 1);
  mine.add(ticket);
  try {
    await request("PUT", `/api/tickets/${ticket}/position`, target);
  } catch (error) {
    mine.delete(ticket);
    const shown = slotWith(ticket);
    if (shown && listOf(shown) === list) {
      put(shown, origin);
      count(list, origin.list);
    }
    const why = error instanceof Refused ? error.line : t("noConnection");
    toast(t("notMoved", { key: nameOf(slot), why }), { problem: true });
  } finally {
    const left = waiting.get(ticket) - 1;
    if (left) waiting.set(ticket, left);
    else waiting.delete(ticket);
    changed.add(ticket);
    scheduleRefresh();
  }
}

function positionOf(slot, list, from) {
  const next = slot.nextElementSibling?.matches(".slot") ? slot.nextElementSibling : null;
  const previous = slot.previousElementSibling;
  const beside = next ? { before: ticketOf(next) } : previous?.matches(".slot") ? { after: ticketOf(previous) } : {};
  if (list === from) return beside;
  const value = columnOf(list).dataset.column;
  return { ...beside, [FIELD[board().dataset.by]]: value === NOBODY ? null : value };
}

// ---- by mouse and touch

let dragged = null;
mount("[data-may-move] .column-cards", (list) => {
  if (!window.Sortable) return;
  new window.Sortable(list, {
    group: "board",
    draggable: ".slot",
    animation: CALM.matches ? 0 : 120,
    forceFallback: true,
    fallbackOnBody: true,
    fallbackTolerance: 4,
    delay: 220,
    delayOnTouchOnly: true,
    touchStartThreshold: 6,
    scroll: true,
    bubbleScroll: true,
    scrollSensitivity: 60,
    scrollSpeed: 14,
    emptyInsertThreshold: 40,
    ghostClass: "is-ghost",
    fallbackClass: "is-dragged",
    onStart: ({ item }) => {
      putDown();
      dragged = placeOf(item);
      board().classList.add("is-moving");
    },
    onEnd: ({ item }) => {
      board().classList.remove("is-moving");
      const more = listOf(item).querySelector(":scope > [data-more]");
      if (more && more.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING) more.before(item);
      const origin = dragged;
      dragged = null;
      settle(item, origin);
      scheduleRefresh();
    },
  });
});

// ---- by keyboard

let lifted = null;
const focused = () => document.activeElement?.closest?.(".slot");

function lift() {
  const slot = focused();
  if (!slot || !board()?.hasAttribute("data-may-move")) return false;
  lifted = { slot, origin: placeOf(slot) };
  slot.classList.add("is-lifted");
  board().classList.add("is-moving");
  announce("lifted", slot);
  return true;
}

/** Drop the lifted card where it is, or where it was. */
function putDown(back = false) {
  if (!lifted) return;
  const { slot, origin } = lifted;
  lifted = null;
  slot.classList.remove("is-lifted");
  board()?.classList.remove("is-moving");
  if (back) put(slot, origin);
  show(slot);
  announce(back ? "putBack" : "dropped", slot);
  if (!back) settle(slot, origin);
  scheduleRefresh();
}

function show(slot) {
  linkOf(slot).focus({ preventScroll: true });
  slot.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function lists() {
  return [...document.querySelectorAll(".column-cards")];
}

function besides(list, step) {
  const rtl = getComputedStyle(list).direction === "rtl";
  const all = lists();
  return all[all.indexOf(list) + (rtl ? -step : step)];
}

function moveLifted(key) {
  const { slot } = lifted;
  const list = listOf(slot);
  if (key === "ArrowUp" && slot.previousElementSibling) put(slot, { list, before: slot.previousElementSibling });
  else if (key === "ArrowDown" && slot.nextElementSibling?.matches(".slot"))
    put(slot, { list, before: slot.nextElementSibling.nextElementSibling });
  else if (key === "ArrowLeft" || key === "ArrowRight") {
    const other = besides(list, key === "ArrowRight" ? 1 : -1);
    if (!other) return;
    put(slot, { list: other, before: slotsOf(other)[slotsOf(list).indexOf(slot)] ?? null });
  }
  show(slot);
  announce("movedTo", slot);
}

function go(key) {
  const slot = focused();
  const list = slot ? listOf(slot) : document.activeElement?.closest?.(".column-cards");
  if (!list) return false;
  const at = slot ? slotsOf(list).indexOf(slot) : -1;
  let target = null;
  if (key === "ArrowUp" || key === "ArrowDown") target = slotsOf(list)[at + (key === "ArrowDown" ? 1 : -1)];
  for (let other = list; !target && key !== "ArrowUp" && key !== "ArrowDown" && other; ) {
    other = besides(other, key === "ArrowRight" ? 1 : -1);
    target = other && (slotsOf(other)[Math.max(at, 0)] ?? slotsOf(other).at(-1));
  }
  if (target) show(target);
  return Boolean(slot);
}

const group = t("lists");
const free = () => Boolean(board()) && !document.querySelector("dialog[open], [popover]:popover-open");
register(" ", () => (lifted ? (putDown(), true) : lift()), {
  label: t("boardKeys"),
  group,
  when: () => free() && Boolean(lifted || focused()),
});
register("Enter", () => putDown(), { when: () => Boolean(lifted) });
register("Escape", () => putDown(true), { when: () => Boolean(lifted) });
for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
  register(key, () => (lifted ? moveLifted(key) : go(key)), {
    when: () => free() && Boolean(lifted || focused() || document.activeElement?.matches?.(".column-cards")),
  });
}
delegate(
  "click",
  ".slot",
  (event) => {
    if (lifted) {
      event.preventDefault();
      event.stopPropagation();
      putDown();
    }
  },
  true,
);

// ---- what others do

const changed = new Set();
const mine = new Set();
let lastMove = null;
let undoesNext = false;
let timer = 0;
let fetching = false;

function scheduleRefresh(pause = GATHERS) {
  clearTimeout(timer);
  timer = setTimeout(fetchNews, pause);
}

/** Fetch the cards that changed, and put each where it belongs now. */
async function fetchNews() {
  if (!board() || !changed.size || dragged || lifted || fetching) return;
  const tickets = [...changed].filter((ticket) => !waiting.has(ticket));
  if (!tickets.length) return;
  tickets.forEach((ticket) => changed.delete(ticket));
  if (tickets.length > MOST) {
    refreshView();
    return;
  }
  fetching = true;
  let pause = GATHERS;
  try {
    const address = board().dataset.pieces;
    const reply = await fetch(`${address}${address.includes("?") ? "&" : "?"}ticket=${tickets.join(",")}`, {
      headers: { "HX-Request": "true" },
    });
    if (reply.ok) take(await reply.text(), tickets);
  } catch {
    tickets.forEach((ticket) => changed.add(ticket));
    pause = AFTER_TROUBLE;
  } finally {
    fetching = false;
    if (changed.size) scheduleRefresh(pause);
  }
}

function take(text, tickets) {
  if (!board() || dragged || lifted) {
    tickets.forEach((ticket) => changed.add(ticket));
    return;
  }
  const news = document.createElement("template");
  news.innerHTML = text;
  const counts = JSON.parse(news.content.querySelector("[data-counts]").dataset.counts);
  const known = new Set(lists().map((list) => columnOf(list).dataset.column));
  if (Object.keys(counts).some((value) => !known.has(value))) {
    refreshView();
    return;
  }
  const there = new Map([...news.content.querySelectorAll(".slot")].map((slot) => [ticketOf(slot), slot]));
  for (const ticket of tickets) if (!waiting.has(ticket)) place(ticket, there.get(ticket));
  for (const list of lists()) setCount(list, counts[columnOf(list).dataset.column] ?? 0);
}

/** Put a card that is new from the server where its rank says, in place of the one that is there. */
function place(ticket, slot) {
  const old = slotWith(ticket);
  const had = {
    from: old?.getBoundingClientRect(),
    focus: Boolean(old?.contains(document.activeElement)),
    open: old?.querySelector("[data-open]"),
  };
  const list = slot && lists().find((each) => columnOf(each).dataset.column === slot.dataset.in);
  if (old) old.remove();
  if (!list) return;
  const below = slotsOf(list).find((other) => other.dataset.rank < slot.dataset.rank && !waiting.has(ticketOf(other)));
  const more = list.querySelector(":scope > [data-more]");
  if (!below && more) return;
  list.insertBefore(slot, below ?? more);
  window.htmx.process(slot);
  if (had.open) slot.querySelector("[data-ticket]").setAttribute("data-open", "");
  if (had.focus) linkOf(slot).focus({ preventScroll: true });
  if (had.from) animateMove(slot, had.from);
  else if (!CALM.matches) slot.classList.add("is-new");
}

// A portion that is fetched later may bring a card again that came by itself meanwhile.
mount(".column-cards > .slot", (slot) => {
  for (const twin of document.querySelectorAll(`#${CSS.escape(slot.querySelector("[data-ticket]").id)}`)) {
    if (!slot.contains(twin)) twin.closest(".slot").remove();
  }
});

function onEvents(events) {
  if (!board()) return;
  if (!events) {
    refreshView();
    return;
  }
  for (const event of events) {
    if (!event.ticketId) continue;
    changed.add(event.ticketId);
    if (event.actor?.id === document.documentElement.dataset.viewer && mine.delete(event.ticketId))
      lastMove = event.batchId;
  }
  scheduleRefresh();
  if (undoesNext && lastMove) undoMove();
}

/** Take back the last move; one that the server has not told of yet, as soon as it does. */
async function undoMove() {
  const batch = lastMove;
  undoesNext = mine.size > 0;
  if (undoesNext) return;
  lastMove = null;
  try {
    await request("POST", `/api/batches/${batch}/undo`);
  } catch (error) {
    toast(error instanceof Refused ? error.line : t("noConnection"), { problem: true });
  }
}
register("Mod+z", undoMove, { label: t("undoMove"), group, when: () => Boolean(lastMove || mine.size) && free() });

let unfollow = null;
mount("#view[data-live-project]", (view) => {
  unfollow?.();
  unfollow = follow({ project: view.dataset.liveProject }, onEvents, { since: view.dataset.liveCursor });
});
