// What others change is shown where one looks: an open ticket is fetched anew, and so are the rows of a list that changed.
// The board does that for itself (board.js). Rows that come, go or change their places wait while somebody is at work.
import { follow } from "./live.js";
import { refreshTicket } from "./ticket.js";
import { refreshView } from "./view.js";

const GATHERS = 400;
const BUSY = ".row-check:checked, details[data-menu][open], dialog[open], [popover]:popover-open, #search:focus";
const changed = new Set();
let timer = 0;
let fetching = false;

const view = () => document.getElementById("view");
const isList = () => Boolean(view()?.querySelector(".bar-below")) && !document.querySelector("[data-board]");
const rowOf = (root, ticket) => root.querySelector(`.row[data-ticket="${CSS.escape(ticket)}"]`);

/** Fetch the list as it is now, one time after the other: an answer that is late must not overtake a later one. */
async function refreshRows() {
  if (fetching) return;
  fetching = true;
  await takeRows();
  fetching = false;
  if (changed.size) gather();
}

async function takeRows() {
  const tickets = [...changed];
  changed.clear();
  if (!isList() || !tickets.length) return;
  const reply = await fetch(location.href, { headers: { "HX-Request": "true", "HX-Target": "view" } }).catch(() => null);
  if (!reply?.ok || !isList()) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await reply.text();
  const order = [...fresh.content.querySelectorAll(".row")].map((row) => row.dataset.ticket);
  const shown = [...document.querySelectorAll("#view .row")].map((row) => row.dataset.ticket);
  const isSame = order.every((ticket, at) => ticket === shown[at]);
  if (!isSame && !document.querySelector(BUSY) && shown.length <= order.length + 1) { await refreshView(); return; }
  for (const ticket of tickets) replace(rowOf(document, ticket), rowOf(fresh.content, ticket));
}

function replace(old, fresh) {
  if (!old || !fresh || old.querySelector(".row-check:checked")) return;
  const focus = old.contains(document.activeElement);
  if (old.hasAttribute("data-open")) fresh.setAttribute("data-open", "");
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  if (focus) fresh.querySelector("a[href]")?.focus({ preventScroll: true });
}

function hear(events) {
  const open = document.querySelector("[data-ticket-page]")?.dataset.ticketPage;
  if (!events) { refreshTicket(); if (isList()) refreshView(); return; }
  if (open && events.some(({ ticketId }) => ticketId === open)) refreshTicket();
  for (const { ticketId } of events) if (ticketId && isList()) changed.add(ticketId);
  if (changed.size) gather();
}

function gather() {
  clearTimeout(timer);
  timer = setTimeout(refreshRows, GATHERS);
}

if (document.documentElement.dataset.viewer) follow({}, hear);
