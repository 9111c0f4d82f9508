// In a text in Markdown: after `@` the people who can be mentioned, after the key of a project and `-`, or after `#`, tickets.
import { delegate, getAround, h, placeBeside, t, targetOf } from "./dom.js";
import { insert } from "./editor.js";

const UNSPACED = "\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Thai}";
const NAME = "[\\p{L}\\p{M}\\p{N}_.+\\-]",
  WORD = "[\\p{L}\\p{M}\\p{N}_\\-]";
const BEGUN = new RegExp(`(?:^|[\\s(${UNSPACED}])(@${NAME}{0,40}|#${WORD}{1,40}|[A-Z][A-Z0-9]{1,9}-\\d{0,9})$`, "u");
/** @type {PageElement | null} */
let box = null;
/** @type {PageElement | null} */
let field = null;
let begun = "",
  turn = 0;

async function offer(text) {
  const found = BEGUN.exec(text.value.slice(0, text.selectionStart));
  const mine = ++turn;
  if (!found) {
    close();
    return;
  }
  const workspace = getAround(text, "[data-editor]").dataset.workspace ?? "";
  const reply = await fetch(`/mentions?${new URLSearchParams({ q: found[1], workspace })}`, {
    headers: { "hx-request": "true" },
  }).catch(() => null);
  if (mine !== turn || !reply?.ok) return;
  const parsed = new DOMParser().parseFromString(await reply.text(), "text/html");
  const options = [...parsed.querySelectorAll("[role=option]")];
  if (mine !== turn || document.activeElement !== text || !options.length) {
    close();
    return;
  }
  show(text, found[1], options);
}

function show(text, started, options) {
  close();
  field = text;
  begun = started;
  const shown = h(
    "div",
    { class: "popup mention", id: "mention", role: "listbox", popover: "manual", "aria-label": t("mentions") },
    ...options,
  );
  (text.closest("dialog") ?? document.body).append(shown);
  shown.showPopover();
  beside(text, (mark) => placeBeside(shown, mark));
  shown.addEventListener("mousedown", (event) => {
    event.preventDefault();
    complete(targetOf(event).closest("[role=option]"));
  });
  text.setAttribute("aria-controls", "mention");
  box = shown;
  select(0);
}

/** Mark the place of the caret, by writing the same text into a box of the same shape. */
function beside(text, place) {
  const style = getComputedStyle(text),
    at = text.getBoundingClientRect();
  const mark = h("span", {}, begun);
  const mirror = h("div", { "aria-hidden": "true" }, text.value.slice(0, text.selectionStart - begun.length), mark);
  for (const name of ["font", "lineHeight", "padding", "letterSpacing"]) mirror.style[name] = style[name];
  Object.assign(mirror.style, {
    position: "fixed",
    visibility: "hidden",
    whiteSpace: "pre-wrap",
    overflowWrap: "break-word",
    boxSizing: "border-box",
    width: `${text.clientWidth}px`,
    left: `${at.left}px`,
    top: `${at.top - text.scrollTop}px`,
  });
  document.body.append(mirror);
  place(mark);
  mirror.remove();
}

function options() {
  return [...(box?.querySelectorAll("[role=option]") ?? [])];
}

function select(at) {
  const all = options();
  all.forEach((option, i) => option.setAttribute("aria-selected", String(i === (at + all.length) % all.length)));
  const chosen = box?.querySelector("[aria-selected=true]");
  if (!chosen) return;
  field?.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function complete(option) {
  const text = field;
  if (!option || !text) return;
  text.setSelectionRange(text.selectionStart - begun.length, text.selectionStart);
  close();
  insert(text, option.dataset.inserts);
}

function close() {
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  box?.remove();
  box = field = null;
}

delegate("input", ".editor-text", (_event, text) => {
  offer(text);
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!box || event.target !== field) return;
    const at = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    const react = {
      ArrowDown: () => select(at + 1),
      ArrowUp: () => select(at - 1),
      Escape: close,
      Enter: () => complete(options()[at]),
      Tab: () => complete(options()[at]),
    }[event.ctrlKey || event.metaKey ? "" : event.key];
    if (!react) return;
    event.preventDefault();
    event.stopPropagation();
    react();
  },
  { capture: true },
);
document.addEventListener("focusout", (event) => {
  if (event.target === field) close();
});
