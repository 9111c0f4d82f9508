// Select tickets with their box or `x`, a stretch with shift; the bar of actions shows while something is selected.
import { delegate, mount, t } from "./dom.js";
import { register } from "./keys.js";
import { currentRow } from "./rows.js";

/** @type {PageElement | null} */
let last = null;
const boxes = () => [...document.querySelectorAll(".content .row-check")];
const chosen = () => boxes().filter((box) => box.checked);

/** Give the ids of the selected tickets. */
export function selected() {
  return chosen().map((box) => box.value);
}

/** Select nothing. */
export function clearSelection() {
  for (const box of chosen()) box.checked = false;
  show();
}

function show() {
  const count = chosen().length;
  for (const bar of document.querySelectorAll("[data-selection]")) {
    const said = bar.querySelector("[data-selection-count]");
    if (said) said.textContent = t(count === 1 ? "oneSelected" : "selected", { count });
  }
}

function stretch(box) {
  const all = boxes();
  const from = last ? all.indexOf(last) : -1,
    to = all.indexOf(box);
  if (from < 0) return;
  for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
}

delegate("click", ".row-check", (event, box) => {
  if (event.shiftKey) stretch(box);
  last = box;
  show();
});
delegate("click", "[data-clear-selection]", () => {
  clearSelection();
  const mode = document.getElementById("selecting");
  if (mode) mode.checked = false;
});
mount("[data-selection]", show);

function toggle(event) {
  const box = currentRow()?.querySelector(".row-check");
  if (!box) return false;
  box.checked = !box.checked;
  if (event.shiftKey) stretch(box);
  last = box;
  show();
  return true;
}
const group = t("lists");
const there = () => Boolean(currentRow()?.querySelector(".row-check"));
register("x", toggle, { label: t("selectTicket"), group, when: there });
register("X", toggle, { when: there });
register("Escape", clearSelection, { when: () => chosen().length > 0 });
register(
  "Mod+a",
  () => {
    for (const box of boxes()) box.checked = true;
    show();
  },
  { label: t("selectAll"), group, when: () => boxes().length > 0 },
);
