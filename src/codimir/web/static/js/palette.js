// Ctrl K or ⌘ K: jump to a ticket, a project, a person or a page, and do everything that has a key or stands in a menu.
import { send } from "./api.js";
import { delegate, h, icon, plain, t } from "./dom.js";
import { keycaps } from "./help.js";
import { kept } from "./kept.js";
import { register, run, shortcuts } from "./keys.js";
import { openQuick } from "./quick.js";

const PAUSE = 60,
  MOST_ACTIONS = 8,
  MOST_RECENT = 8;
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
let dialog = null,
  field = null,
  list = null,
  timer = 0,
  turn = 0;
let found = [],
  isAwaited = false,
  takesNext = false;

/** Say how well letters fit a text: 0 is not at all; the start of words and neighbours count most. */
export function fits(text, letters) {
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

/** Open the palette. */
export function openPalette() {
  if (!dialog) build();
  actions = everyAction();
  field.value = "";
  found = [];
  dialog.showModal();
  field.focus();
  search();
}

let actions = [];

/** What can be done here: what has a key, what stands in the menus of the rail, what says `data-command`. */
function everyAction() {
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

/** Take the icon of what a key presses, or of what it stands for. */
function iconOf({ keys, element = null }) {
  return element?.querySelector("svg") ?? element?.parentElement.querySelector(":scope > svg") ?? icon(ICONS[keys]);
}

function build() {
  list = h("div", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": t("found") });
  field = h("input", {
    class: "palette-field",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    "aria-label": t("palette"),
    placeholder: t("palettePlaceholder"),
  });
  dialog = h("dialog", { class: "dialog is-top palette", id: "palette", "aria-label": t("palette") }, field, list);
  document.body.append(dialog);
  field.addEventListener("input", () => {
    isAwaited = Boolean(field.value.trim());
    takesNext = false;
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  field.addEventListener("keydown", move);
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) select(option, false);
  });
}

/** Show the actions that fit at once, beside what was found before, until the server has found anew. */
async function search() {
  const text = field.value.trim(),
    mine = ++turn;
  const fitting = (text ? rated(text) : actions.slice(0, MOST_ACTIONS)).map((action, at) =>
    drawAction(action, `action-${at}`),
  );
  if (!text) {
    found = [];
    isAwaited = false;
    show([...recent().map(drawRecent), ...fitting]);
    return;
  }
  isAwaited = true;
  show(inOrder(text, fitting));
  const reply = await send(`/palette?q=${encodeURIComponent(text)}`, { headers: { "hx-request": "true" } }).catch(
    () => null,
  );
  const parsed = reply?.ok ? new DOMParser().parseFromString(await reply.text(), "text/html") : null;
  if (mine !== turn) return;
  isAwaited = false;
  found = [...(parsed?.querySelectorAll("[role=option]") ?? [])];
  show(inOrder(text, fitting));
  if (takesNext) list.querySelector("[role=option]")?.click();
}

/** Put together what fits, and what can be done with any text. */
function inOrder(text, fitting) {
  const isSure = fitting.length > 0 && fits(fitting[0].dataset.label, text) > 900;
  return [...(isSure ? [...fitting, ...found] : [...found, ...fitting]), ...drawAlways(text)];
}

function drawAlways(text) {
  const create = document.querySelector("a[data-create]") && {
    label: t("createNamed", { text }),
    icon: icon("plus"),
    act: () => openQuick(undefined, text),
  };
  const everywhere = {
    label: t("searchEverywhere"),
    icon: icon("search"),
    act: () => location.assign(`/tickets?search=${encodeURIComponent(text)}`),
  };
  return [create, everywhere]
    .filter(Boolean)
    .map((action, at) => drawAction({ group: "", ...action }, `always-${at}`, t("withText")));
}

function rated(text) {
  return actions
    .map((action) => ({
      action,
      score: Math.max(fits(action.label, text), fits(`${action.group} ${action.label}`, text) - 50),
    }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, MOST_ACTIONS)
    .map(({ action }) => action);
}

function drawAction(action, id, group = t("actions")) {
  const title = action.group && !action.keys ? `${action.group}: ${action.label}` : action.label;
  const option = h(
    "div",
    { class: "item", role: "option", id, "data-group": group, "data-label": action.label },
    action.icon?.cloneNode(true) ?? h("span", { class: "icon", "aria-hidden": "true" }),
    h("span", { class: "grow truncate" }, title),
    action.keys ? h("span", { class: "palette-keys" }, ...keycaps(action.keys)) : null,
  );
  option.addEventListener("click", () => {
    dialog.close();
    action.act();
  });
  return option;
}

function drawRecent({ key, href, title }, at) {
  return h(
    "a",
    { class: "item", role: "option", tabindex: -1, id: `recent-${at}`, href, "data-group": t("recent") },
    h("span", { class: "row-key" }, key),
    h("span", { class: "grow truncate", dir: "auto" }, title),
  );
}

function show(options) {
  let group = null,
    section = null;
  list.replaceChildren();
  for (const option of options) {
    if (option.dataset.group !== group) {
      group = option.dataset.group;
      section = h(
        "div",
        { role: "group", "aria-label": group },
        h("p", { class: "popup-title", "aria-hidden": "true" }, group),
      );
      list.append(section);
    }
    section.append(option);
  }
  if (!isAwaited && options.every(({ id }) => id.startsWith("always")))
    list.prepend(h("p", { class: "popup-title", role: "status" }, t("nothingFound")));
  select(options[0]);
}

function select(option, scrolls = true) {
  for (const each of list.querySelectorAll("[aria-selected=true]")) each.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  if (scrolls) option?.scrollIntoView({ block: "nearest" });
}

function move(event) {
  const options = [...list.querySelectorAll("[role=option]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
  if (next !== undefined && options.length) {
    if (event.key.length < 5 && field.value) return;
    event.preventDefault();
    select(options[(next + options.length) % options.length]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    takesNext = isAwaited && at <= 0;
    if (!takesNext) options[at]?.click();
  }
}

// Which tickets were open last, in this browser, for this person.
const recents = kept("codimir.recent");
const recent = () => recents.read() ?? [];

function remember(root) {
  const ticket = root.id === "ticket" ? root : root.querySelector?.("#ticket");
  if (!ticket?.dataset.address) return;
  const title = ticket.querySelector(".ticket-title textarea, .ticket-title h2");
  const one = {
    href: ticket.dataset.address,
    key: ticket.dataset.address.split("/").pop(),
    title: title?.value ?? title?.textContent.trim() ?? "",
  };
  const others = recent().filter(({ href }) => href !== one.href);
  recents.write([one, ...others].slice(0, MOST_RECENT));
}
remember(document);
document.addEventListener("htmx:load", (event) => remember(event.detail.elt));

register(
  "Mod+k",
  () => {
    if (dialog?.open) dialog.close();
    else openPalette();
  },
  { label: t("palette"), writing: true, when: () => dialog?.open || !document.querySelector("dialog[open]") },
);
delegate("click", "[data-opens-palette]", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  openPalette();
});
