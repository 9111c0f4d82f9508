// A move is shown at once, and taken back when the server refuses it.
import { reasonOf, request } from "../api.js";
import { t } from "../dom.js";
import { toast } from "../toast.js";
import { board, columnOf, listOf, moveCount, nameOf, putInto, slotOf, ticketOf } from "./dom.js";
import { scheduleRefresh } from "./live.js";
import { beginSaving, endSaving } from "./state.js";
import { expectMove, forgetMove } from "./undo.js";

const FIELD = { status: "status", priority: "priority", assignee: "assigneeId" };
const NOBODY = "none";

/** Tell the server of a move that is already shown; put the card back when it says no. */
export async function saveMove(slot, origin) {
  const list = listOf(slot);
  const ticket = ticketOf(slot);
  if (list === origin.list && slot.nextElementSibling === origin.before) return;
  const position = positionOf(slot, list, origin.list);
  moveCount(origin.list, list);
  beginSaving(ticket);
  expectMove(ticket);
  try {
    await request("PUT", `/api/tickets/${ticket}/position`, position);
  } catch (error) {
    forgetMove(ticket);
    takeBack(slotOf(ticket), list, origin);
    toast(t("notMoved", { key: nameOf(slot), why: reasonOf(error) }), { problem: true });
  } finally {
    endSaving(ticket);
    scheduleRefresh(ticket);
  }
}

function takeBack(slot, list, origin) {
  if (!slot || listOf(slot) !== list) return;
  putInto(slot, origin);
  moveCount(list, origin.list);
}

/** Return a place as the API is told it: beside which ticket, and what it is to be in another column. */
function positionOf(slot, list, from) {
  const next = slot.nextElementSibling?.matches(".card-slot") ? slot.nextElementSibling : null;
  const previous = slot.previousElementSibling;
  const beside = next
    ? { before: ticketOf(next) }
    : previous?.matches(".card-slot")
      ? { after: ticketOf(previous) }
      : {};
  if (list === from) return beside;
  const value = columnOf(list).dataset.column;
  return { ...beside, [FIELD[board().dataset.by ?? ""]]: value === NOBODY ? null : value };
}
