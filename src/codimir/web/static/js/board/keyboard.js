// Cards are moved by keyboard: Space lifts, arrows move, Enter drops, Escape puts back; without a lifted card arrows move
// the focus.
import { delegate, t } from "../dom.js";
import { register } from "../keys.js";
import { announce, board, focusSlot, hasKeys, isBoard, listBeside, listOf, placeOf, putInto, slotsOf } from "./dom.js";
import { scheduleRefresh } from "./live.js";
import { saveMove } from "./save.js";
import { held } from "./state.js";

const STEPS = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 };
const isVertical = (key) => key === "ArrowUp" || key === "ArrowDown";
const focusedSlot = () => document.activeElement?.closest?.(".card-slot");

function lift() {
  const slot = focusedSlot();
  if (!slot || !isBoard() || !board().hasAttribute("data-may-move")) return false;
  held.lifted = { slot, origin: placeOf(slot) };
  slot.classList.add("is-lifted");
  board().classList.add("is-moving");
  announce("lifted", slot);
  return true;
}

/** Drop the lifted card where it is, or where it was. */
export function dropLifted(back = false) {
  if (!held.lifted) return;
  const { slot, origin } = held.lifted;
  held.lifted = null;
  slot.classList.remove("is-lifted");
  if (isBoard()) board().classList.remove("is-moving");
  if (back) putInto(slot, origin);
  focusSlot(slot);
  announce(back ? "putBack" : "dropped", slot);
  if (!back) saveMove(slot, origin);
  scheduleRefresh();
}

function moveLifted(key) {
  if (!held.lifted) return;
  const { slot } = held.lifted;
  const place = isVertical(key) ? placeInList(slot, STEPS[key]) : placeInOtherList(slot, STEPS[key]);
  if (!place && !isVertical(key)) return;
  if (place) putInto(slot, place);
  focusSlot(slot);
  announce("movedTo", slot);
}

function placeInList(slot, step) {
  const list = listOf(slot);
  if (step < 0) return slot.previousElementSibling ? { list, before: slot.previousElementSibling } : null;
  const next = slot.nextElementSibling;
  return next?.matches(".card-slot") ? { list, before: next.nextElementSibling } : null;
}

function placeInOtherList(slot, step) {
  const list = listOf(slot);
  const other = listBeside(list, step);
  return other ? { list: other, before: slotsOf(other)[slotsOf(list).indexOf(slot)] ?? null } : null;
}

/** Focus the card beside the one that has the focus, past columns without any. */
function moveFocus(key) {
  const slot = focusedSlot();
  const list = slot ? listOf(slot) : document.activeElement?.closest?.(".column-cards");
  if (!list) return false;
  const at = slot ? slotsOf(list).indexOf(slot) : -1;
  const target = isVertical(key) ? slotsOf(list)[at + STEPS[key]] : slotInOtherList(list, STEPS[key], Math.max(at, 0));
  if (target) focusSlot(target);
  return Boolean(slot);
}

function slotInOtherList(list, step, at) {
  const other = listBeside(list, step);
  if (!other) return null;
  return slotsOf(other)[at] ?? slotsOf(other).at(-1) ?? slotInOtherList(other, step, at);
}

const isLifted = () => Boolean(held.lifted);
const hasCard = () => hasKeys() && Boolean(held.lifted || focusedSlot());
const hasColumn = () => hasCard() || (hasKeys() && document.activeElement?.matches?.(".column-cards"));

register(" ", () => (held.lifted ? dropLifted() : lift()), { label: t("boardKeys"), group: t("lists"), when: hasCard });
register("Enter", () => dropLifted(), { when: isLifted });
register("Escape", () => dropLifted(true), { when: isLifted });
for (const key of Object.keys(STEPS)) {
  register(key, () => (held.lifted ? moveLifted(key) : moveFocus(key)), { when: hasColumn });
}
delegate(
  "click",
  ".card-slot",
  (event) => {
    if (!held.lifted) return;
    event.preventDefault();
    event.stopPropagation();
    dropLifted();
  },
  true,
);
