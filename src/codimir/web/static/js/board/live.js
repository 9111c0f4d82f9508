// What others do is followed live (../live.js): the cards that changed are fetched, and go to where their rank puts them.
import { get, mount } from "../dom.js";
import { follow } from "../live.js";
import { htmx } from "../vendor.js";
import { refreshView } from "../view.js";
import {
  animateMove,
  board,
  CALM,
  columnOf,
  isBoard,
  linkOf,
  lists,
  moreOf,
  setCount,
  slotOf,
  slotsOf,
  ticketOf,
} from "./dom.js";
import { isHolding, isSaving } from "./state.js";
import { noteEvents } from "./undo.js";

const COLLECTS = 60;
const RETRIES_AFTER = 2_000;
const MAX_CARDS = 50;
const changed = new Set();
let timer = 0;
let isFetching = false;
/** @type {(() => unknown) | undefined} */
let unfollow;

/** Fetch the cards that changed in a moment, this one too. */
export function scheduleRefresh(ticket = null, pause = COLLECTS) {
  if (ticket) changed.add(ticket);
  clearTimeout(timer);
  timer = setTimeout(refreshCards, pause);
}

/** Fetch the cards that changed, and put each where it belongs now. */
async function refreshCards() {
  if (!isBoard() || !changed.size || isHolding() || isFetching) return;
  const tickets = [...changed].filter((ticket) => !isSaving(ticket));
  if (!tickets.length) return;
  tickets.forEach((ticket) => changed.delete(ticket));
  if (tickets.length > MAX_CARDS) {
    refreshView();
    return;
  }
  isFetching = true;
  let pause = COLLECTS;
  try {
    const text = await fetchCards(tickets);
    if (text !== null) showCards(text, tickets);
  } catch {
    tickets.forEach((ticket) => changed.add(ticket));
    pause = RETRIES_AFTER;
  } finally {
    isFetching = false;
    if (changed.size) scheduleRefresh(null, pause);
  }
}

async function fetchCards(tickets) {
  const address = board().dataset.pieces ?? "";
  const query = `${address.includes("?") ? "&" : "?"}ticket=${tickets.join(",")}`;
  const reply = await fetch(`${address}${query}`, { headers: { "HX-Request": "true" } });
  return reply.ok ? reply.text() : null;
}

/** Show cards as the server draws them; later, when somebody has taken one in hand meanwhile. */
function showCards(text, tickets) {
  if (!isBoard() || isHolding()) {
    tickets.forEach((ticket) => changed.add(ticket));
    return;
  }
  const news = document.createElement("template");
  news.innerHTML = text;
  const counts = JSON.parse(get("[data-counts]", news.content).dataset.counts ?? "{}");
  const columns = new Set(lists().map((list) => columnOf(list).dataset.column));
  if (Object.keys(counts).some((value) => !columns.has(value))) {
    refreshView();
    return;
  }
  const fresh = new Map([...news.content.querySelectorAll(".card-slot")].map((slot) => [ticketOf(slot), slot]));
  for (const ticket of tickets) if (!isSaving(ticket)) showCard(ticket, fresh.get(ticket));
  for (const list of lists()) setCount(list, counts[columnOf(list).dataset.column] ?? 0);
}

/** Put a card that is new from the server where its rank says, in place of the one that is there. */
function showCard(ticket, slot) {
  const old = slotOf(ticket);
  const from = old?.getBoundingClientRect();
  const hadFocus = Boolean(old?.contains(document.activeElement));
  const wasOpen = old?.querySelector("[data-open]");
  const list = slot && lists().find((each) => columnOf(each).dataset.column === slot.dataset.in);
  if (old) old.remove();
  if (!list) return;
  const below = slotsOf(list).find((other) => other.dataset.rank < slot.dataset.rank && !isSaving(ticketOf(other)));
  if (!below && moreOf(list)) return;
  list.insertBefore(slot, below ?? null);
  htmx.process(slot);
  if (wasOpen) slot.querySelector("[data-ticket]").setAttribute("data-open", "");
  if (hadFocus) linkOf(slot).focus({ preventScroll: true });
  if (from) animateMove(slot, from);
  else if (!CALM.matches) slot.classList.add("is-new");
}

function onEvents(events) {
  if (!isBoard()) return;
  if (!events) {
    refreshView();
    return;
  }
  for (const { ticketId } of events) if (ticketId) changed.add(ticketId);
  scheduleRefresh();
  noteEvents(events.filter(({ ticketId }) => ticketId));
}

// A portion that is fetched later may bring a card again that came by itself meanwhile.
mount(".column-cards > .card-slot", (slot) => {
  for (const twin of document.querySelectorAll(`#${CSS.escape(get("[data-ticket]", slot).id)}`)) {
    if (!slot.contains(twin)) twin.closest(".card-slot")?.remove();
  }
});

mount("#view[data-live-project]", (view) => {
  unfollow?.();
  unfollow = follow({ project: view.dataset.liveProject }, onEvents, { since: view.dataset.liveCursor });
});
