// What can be done from the palette, and how well it fits what is typed.
import { icon, plain } from "../dom.js";
import { run, shortcuts } from "../keys.js";

const LETTER = /[\p{L}\p{N}_]/u;
const ICONS = {
  c: "plus",
  "?": "help",
  "[": "rail",
  m: "comment",
  s: "status-todo",
  a: "person",
  p: "priority-high",
  l: "label",
  d: "calendar",
  j: "down",
  k: "up",
  o: "open",
  x: "select",
  e: "check",
  "Mod+a": "select",
  "Mod+z": "undo",
  " ": "board",
};

/** Return what can be done here: what has a key, what stands in the menus of the rail, what says `data-command`. */
export function listActions() {
  const keyed = shortcuts()
    .filter(({ keys, when }) => keys !== "Mod+k" && (when?.() ?? true))
    .map((entry) => ({ ...entry, icon: iconOf(entry), act: () => run(entry) }))
    .sort((one, other) => Number(other.keys === "c") - Number(one.keys === "c"));
  const drawn = [
    ...document.querySelectorAll(
      ".rail .item, .rail a.rail-link, [data-command], #ticket [data-copies], #ticket form[action$='/delete'] button",
    ),
  ].map((element) => ({
    label:
      element.dataset.command || element.title || element.textContent.replace(/\?$/, "").replace(/\s+/g, " ").trim(),
    group: element.closest("[role=group]")?.getAttribute("aria-label") ?? "",
    icon: element.querySelector("svg"),
    act: () => element.click(),
  }));
  const seen = new Set();
  return [...keyed, ...drawn].filter(
    ({ label, group }) => label && !seen.has(label + group) && seen.add(label) && seen.add(label + group),
  );
}

/**
 * Return the icon of what a key presses, or of what it stands for.
 *
 * @param {{ keys: string, element?: PageElement }} entry
 */
function iconOf({ keys, element }) {
  return element?.querySelector("svg") ?? element?.parentElement?.querySelector(":scope > svg") ?? icon(ICONS[keys]);
}

/** Return the actions that fit a text, the best first. */
export function rankActions(actions, text) {
  return actions
    .map((action) => ({
      action,
      score: Math.max(scoreOf(action.label, text), scoreOf(`${action.group} ${action.label}`, text) - 50),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)

    .map(({ action }) => action);
}

/** Return how well letters fit a text: 0 is not at all; the start of words and neighbours count most. */
export function scoreOf(text, letters) {
  const inside = plain(text),
    wanted = plain(letters).replace(/\s+/g, "");
  const whole = inside.indexOf(plain(letters).trim());
  if (whole >= 0) return 1000 - whole - (whole && LETTER.test(inside[whole - 1]) ? 200 : 0);
  let at = -1,
    score = 1;
  for (const letter of wanted) {
    const next = inside.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += next === at + 1 ? 8 : next === 0 || !LETTER.test(inside[next - 1]) ? 6 : -1;
    at = next;
  }
  return score >= wanted.length * 3 ? score : 0;
}
