// Cards are dragged by mouse and touch.
import { mount } from "../dom.js";
import { sortable } from "../vendor.js";
import { board, CALM, listOf, moreOf, placeOf } from "./dom.js";
import { dropLifted } from "./keyboard.js";
import { scheduleRefresh } from "./live.js";
import { saveMove } from "./save.js";
import { held } from "./state.js";

mount("[data-may-move] .column-cards", (list) => {
  const Sortable = sortable();
  if (!Sortable) return;
  new Sortable(list, {
    group: "board",
    draggable: ".card-slot",
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
    onStart: ({ item }) => begin(item),
    onEnd: ({ item }) => end(item),
  });
});

function begin(slot) {
  dropLifted();
  held.dragged = placeOf(slot);
  board().classList.add("is-moving");
}

function end(slot) {
  board().classList.remove("is-moving");
  const more = moreOf(listOf(slot));
  if (more && more.compareDocumentPosition(slot) & Node.DOCUMENT_POSITION_FOLLOWING) more.before(slot);
  const origin = held.dragged;
  held.dragged = null;
  saveMove(slot, origin);
  scheduleRefresh();
}
