// The parts of a board: a column has a list of slots, each slot holds the card of a ticket.
import { get, t } from "../dom.js";

/** Whether what moves is to be shown without moving. */
export const CALM = matchMedia("(prefers-reduced-motion: reduce)");

export const isBoard = () => Boolean(document.querySelector("[data-board]"));
export const board = () => get("[data-board]");
export const lists = () => [...document.querySelectorAll(".column-cards")];
export const listOf = (slot) => slot.closest(".column-cards");
export const columnOf = (list) => list.closest("[data-column]");
export const moreOf = (list) => list.querySelector(":scope > [data-more]");
export const slotsOf = (list) => [...list.querySelectorAll(":scope > .card-slot")];
export const slotOf = (ticket) => document.getElementById(`card-${ticket}`)?.closest(".card-slot");
export const ticketOf = (slot) => slot.querySelector("[data-ticket]").dataset.ticket;
export const linkOf = (slot) => slot.querySelector(".card-title");
export const nameOf = (slot) => slot.querySelector(".card-head span")?.textContent || linkOf(slot).textContent;

/** Return whether the board has the keys: it is there, and nothing stands open before it. */
export const hasKeys = () => isBoard() && !document.querySelector("dialog[open], [popover]:popover-open");

/** Return the list so many columns further on, in the direction in which the page is read. */
export function listBeside(list, step) {
  const rtl = getComputedStyle(list).direction === "rtl";
  const all = lists();
  return all[all.indexOf(list) + (rtl ? -step : step)];
}

/** Return where a card is: in which list, before which other element. */
export const placeOf = (slot) => ({ list: listOf(slot), before: slot.nextElementSibling });

/** Put a card into a place; where what was behind it is gone, it comes last. */
export function putInto(slot, { list, before }) {
  const from = slot.getBoundingClientRect();
  list.insertBefore(slot, before?.parentElement === list ? before : moreOf(list));
  animateMove(slot, from);
}

/** Show where a card went. */
export function animateMove(slot, from) {
  if (CALM.matches || !from.width) return;
  const to = slot.getBoundingClientRect();
  const way = `translate(${from.left - to.left}px, ${from.top - to.top}px)`;
  slot.animate([{ transform: way }, { transform: "none" }], { duration: 120, easing: "ease-out" });
}

/** Focus a card and scroll to it. */
export function focusSlot(slot) {
  linkOf(slot).focus({ preventScroll: true });
  slot.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Say to who listens where a card is. */
export function announce(name, slot) {
  const list = listOf(slot);
  const status = document.querySelector("[data-board-says]");
  const values = {
    key: nameOf(slot),
    column: columnOf(list).querySelector("h2").textContent,
    place: slotsOf(list).indexOf(slot) + 1,
    count: countOf(list),
  };
  if (status) status.textContent = t(name, values);
}

/** Return how many tickets a column has, also those that are not loaded. */
export function countOf(list) {
  return Number(columnOf(list).querySelector("[data-count]").dataset.count);
}

/** Show how many tickets a column has. */
export function setCount(list, count) {
  const shown = columnOf(list).querySelector("[data-count]");
  shown.dataset.count = String(count);
  shown.textContent = new Intl.NumberFormat(document.documentElement.lang).format(count);
}

/** Count a card in another column. */
export function moveCount(from, to) {
  if (from === to) return;
  setCount(from, countOf(from) - 1);
  setCount(to, countOf(to) + 1);
}
