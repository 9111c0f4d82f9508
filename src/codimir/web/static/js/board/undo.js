// Ctrl Z or ⌘ Z takes back the last move; one that the server has not told of yet, as soon as it does.
import { reasonOf, request } from "../api.js";
import { t } from "../dom.js";
import { register } from "../keys.js";
import { toast } from "../toast.js";
import { hasKeys } from "./dom.js";

const expected = new Set();
let lastBatch = null;
let isAwaited = false;

/** Expect that the server tells of a move that is made here. */
export const expectMove = (ticket) => expected.add(ticket);

/** No longer expect a move, which was refused. */
export const forgetMove = (ticket) => expected.delete(ticket);

/** Take note of what the server tells; a move of one's own can be taken back from then on. */
export function noteEvents(events) {
  for (const { ticketId, actor, batchId } of events) {
    if (actor?.id === document.documentElement.dataset.viewer && expected.delete(ticketId)) lastBatch = batchId;
  }
  if (isAwaited && lastBatch) undoMove();
}

async function undoMove() {
  const batch = lastBatch;
  isAwaited = expected.size > 0;
  if (isAwaited) return;
  lastBatch = null;
  try {
    await request("POST", `/api/batches/${batch}/undo`);
  } catch (error) {
    toast(reasonOf(error), { problem: true });
  }
}

register("Mod+z", undoMove, {
  label: t("undoMove"),
  group: t("lists"),
  when: () => Boolean(lastBatch || expected.size) && hasKeys(),
});
