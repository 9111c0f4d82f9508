// Keyboard: `data-key="c"` presses its element (or focuses a field) from anywhere on the page.
// `data-key="g m"` is a sequence; `data-key-label` names it in the list under `?`, `data-key-group` sorts it there.
// Modules register what has no element: register("j", move, {label: t("next"), group: t("lists")}).
import { isShown, isWriting } from "./dom.js";

const SEQUENCE_TIME = 1200;
/** @type {{ keys: string, react: Function, label: string, group: string, when: () => unknown, writing: boolean }[]} */
const registered = [];
let begun = "";
let timer = 0;

/**
 * Let a function answer a key; `when` may say that it does not apply at this moment.
 *
 * @param {string} keys
 * @param {(event?: KeyboardEvent) => unknown} react gives false when the browser shall do with the key what it does
 * @param {{ label?: string, group?: string, when?: () => unknown, writing?: boolean }} [options]
 */
export function register(keys, react, { label = "", group = "", when = () => true, writing = false } = {}) {
  const entry = { keys, react, label, group, when, writing };
  registered.push(entry);
  return () => registered.splice(registered.indexOf(entry), 1);
}

/**
 * Return everything that a key does here.
 *
 * @returns {{ keys: string, label: string, group: string, element?: PageElement, when?: () => unknown }[]}
 */
export function shortcuts() {
  const drawn = [...document.querySelectorAll("[data-key][data-key-label]")].map((element) => ({
    keys: element.dataset.key ?? "",
    label: element.dataset.keyLabel ?? "",
    group: element.dataset.keyGroup || "",
    element,
  }));
  const seen = new Set();
  return [...drawn, ...registered.filter((entry) => entry.label)].filter(
    ({ keys }) => !seen.has(keys) && seen.add(keys),
  );
}

/** Do what an entry of `shortcuts()` does when its key is pressed. */
export function run(entry) {
  if (entry.element) press(entry.element);
  else entry.react();
}

/**
 * Name the key of an event: "c", "?", "Mod+k", "Escape"; Mod is ⌘ on a Mac and Ctrl elsewhere.
 *
 * A Latin letter counts as it is typed, wherever the layout has it (Dvorak, AZERTY), and whatever Caps Lock says. Where the
 * layout has other letters (Cyrillic, Greek, Hebrew, …) the place of the key counts.
 */
export function nameOf(event) {
  const mod = event.metaKey || event.ctrlKey ? "Mod+" : "";
  const key = event.key.length === 1 ? characterOf(event, mod) : event.key;
  const shift = event.shiftKey && (key.length > 1 || mod) ? "Shift+" : "";
  return `${mod}${shift}${key}`;
}

function characterOf(event, mod) {
  const [, place] = /^Key([A-Z])$/.exec(event.code) ?? [];
  const key = place && !/^[\x20-\x7e]$/.test(event.key) ? place : event.key;
  return /^[a-z]$/i.test(key) && (mod || !event.shiftKey) ? key.toLowerCase() : key;
}

function reactionTo(keys, writing) {
  const own = registered.findLast((entry) => entry.keys === keys && (!writing || entry.writing) && entry.when());
  if (own) return own.react;
  if (writing && !keys.startsWith("Mod+")) return null;
  const scope = document.querySelector("dialog[open]") || document;
  const element = [...scope.querySelectorAll("[data-key]")].find((each) => each.dataset.key === keys && isShown(each));
  return element ? () => press(element) : null;
}

function press(element) {
  if (isWriting(element)) {
    element.focus();
    element.select?.();
    return;
  }
  element.click();
}

function begins(keys) {
  const start = `${keys} `;
  return (
    registered.some((entry) => entry.keys.startsWith(start) && entry.when()) ||
    [...document.querySelectorAll("[data-key]")].some((each) => each.dataset.key?.startsWith(start))
  );
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || ["Shift", "Control", "Meta"].includes(event.key)) return;
  const writing = isWriting(event.target);
  const keys = begun ? `${begun} ${nameOf(event)}` : nameOf(event);
  clearTimeout(timer);
  begun = "";
  const react = reactionTo(keys, writing) ?? (keys.includes(" ") ? reactionTo(nameOf(event), writing) : null);
  if (react) {
    if (react(event) !== false) event.preventDefault();
    return;
  }
  if (!writing && begins(keys)) {
    begun = keys;
    timer = setTimeout(() => {
      begun = "";
    }, SEQUENCE_TIME);
  }
});
