// What is going on with the cards of the board.

/** @typedef {{ list: PageElement, before: Element | null }} Place */

/**
 * The place that the dragged card came from; the lifted card, and where that came from.
 *
 * @type {{ dragged: Place | null, lifted: { slot: PageElement, origin: Place } | null }}
 */
export const held = { dragged: null, lifted: null };

/** Return whether somebody has a card in hand: nothing may move under it. */
export const isHolding = () => Boolean(held.dragged || held.lifted);

const saving = new Map();

/** Return whether moves of a ticket are on their way to the server: what it says of the place is older. */
export const isSaving = (ticket) => saving.has(ticket);

/** Note that a move is on its way. */
export function beginSaving(ticket) {
  saving.set(ticket, (saving.get(ticket) ?? 0) + 1);
}

/** Note that a move has been answered. */
export function endSaving(ticket) {
  const left = saving.get(ticket) - 1;
  if (left) saving.set(ticket, left);
  else saving.delete(ticket);
}
