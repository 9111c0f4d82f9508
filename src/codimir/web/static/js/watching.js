// What others change is shown where one looks: an open ticket is fetched anew, and so are the rows of a list that changed.
// The board does that for itself (board.js). Rows that come, go or change their places wait while somebody is at work.
import { at } from "./dom.js";
import { fetchShown, putRows, replaceRow } from "./list.js";
import { follow } from "./live.js";
import { refreshTicket } from "./ticket.js";
import { markTrashed, unmarkTrashed } from "./trashed.js";
import { refreshView } from "./view.js";

const GATHERS = 400;
const BUSY = ".row-check:checked, details[data-menu][open], dialog[open], [popover]:popover-open, #search:focus";
const changed = new Set();
let timer = 0;
let fetching = false;

const view = () => document.getElementById("view");
const isList = () => Boolean(view()?.querySelector(".bar-below")) && !document.querySelector("[data-board]");
const rowOf = (ticket) => document.querySelector(`#view .row[data-ticket="${CSS.escape(ticket)}"]`);

/** Fetch the list as it is now, one time after the other: an answer that is late must not overtake a later one. */
async function refreshRows() {
  if (fetching) return;
  fetching = true;
  await takeRows();
  fetching = false;
  if (changed.size) scheduleRefresh();
}

async function takeRows() {
  const tickets = [...changed];
  changed.clear();
  if (!isList() || !tickets.length) return;
  const asked = at(),
    fresh = await fetchShown();
  if (!fresh || !isList() || at() !== asked) return;
  if (document.querySelector(BUSY)) for (const ticket of tickets) replaceRow(rowOf(ticket), fresh.rows.get(ticket));
  else if (fresh.isPlain) putRows(fresh);
  else await refreshView();
}

function onEvents(events) {
  const open = document.querySelector("[data-ticket-page]")?.dataset.ticketPage;
  if (!events) {
    refreshTicket();
    if (isList()) refreshView();
    return;
  }
  const told = events.filter(({ ticketId }) => open && ticketId === open);
  if (told.some(({ type }) => type === "ticket.deleted")) markTrashed();
  else if (told.some(({ type }) => type === "ticket.restored")) unmarkTrashed();
  else if (told.length) refreshTicket();
  for (const { ticketId } of events) if (ticketId && isList()) changed.add(ticketId);
  if (changed.size) scheduleRefresh();
}

function scheduleRefresh() {
  clearTimeout(timer);
  timer = setTimeout(refreshRows, GATHERS);
}

if (document.documentElement.dataset.viewer) follow({}, onEvents);
