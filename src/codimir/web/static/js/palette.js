// Ctrl K or ⌘ K: jump to a ticket, a project, a person or a page, and do everything that has a key or stands in a menu.
import { send } from "./api.js";
import { delegate, h, icon, t, targetOf } from "./dom.js";
import { keycaps } from "./help.js";
import { register } from "./keys.js";
import { listActions, rankActions, scoreOf } from "./palette/actions.js";
import { recentTickets } from "./palette/recent.js";
import { openQuick } from "./quick.js";

const PAUSE = 60;
const MAX_ACTIONS = 8;
// Made by build(), when the palette is opened for the first time.
/** @type {PageElement} */
let dialog;
/** @type {PageElement} */
let field;
/** @type {PageElement} */
let list;
let timer = 0,
  turn = 0;
let actions = [],
  found = [],
  isAwaited = false,
  takesNext = false;

/** Open the palette. */
export function openPalette() {
  if (!dialog) build();
  actions = listActions();
  field.value = "";
  found = [];
  dialog.showModal();
  field.focus();
  search();
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
    const option = targetOf(event).closest("[role=option]");
    if (option) select(option, false);
  });
}

/** Show the actions that fit at once, beside what was found before, until the server has found anew. */
async function search() {
  const text = field.value.trim(),
    mine = ++turn;
  const fitting = (text ? rankActions(actions, text) : actions)
    .slice(0, MAX_ACTIONS)
    .map((action, at) => drawAction(action, `action-${at}`));
  if (!text) {
    found = [];
    isAwaited = false;
    show([...recentTickets().map(drawRecent), ...fitting]);
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
  const isSure = fitting.length > 0 && scoreOf(fitting[0].dataset.label, text) > 900;
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
    section = list;
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
