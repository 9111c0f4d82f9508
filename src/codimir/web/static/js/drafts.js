// What is being written under a ticket is kept in this browser: whoever leaves the page, opens another ticket in the panel
// or is signed out finds it in its field again. It goes when it is sent or cancelled, after a month, and with signing out.
// A change of what is there already keeps the text that it began with too (`seen`), so that nothing newer is overwritten.
import { each, make, on, word } from "./dom.js";

const KEPT = "codimir.drafts", MOST = 30, MONTH = 30 * 86_400_000;
const FIELDS = "#ticket textarea.editor-text";
const viewer = document.documentElement.dataset.viewer ?? "";

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
    const fresh = Object.entries(kept.who === viewer ? kept.texts : {}).filter(([, { at }]) => Date.now() - at < MONTH);
    return Object.fromEntries(fresh);
  } catch {
    return {};
  }
}

function write(texts) {
  const newest = Object.entries(texts).sort(([, one], [, other]) => other.at - one.at).slice(0, MOST);
  try {
    if (newest.length) localStorage.setItem(KEPT, JSON.stringify({ who: viewer, texts: Object.fromEntries(newest) }));
    else localStorage.removeItem(KEPT);
  } catch { /* It is full, or closed to us: then a draft lasts as long as its page. */ }
}

const names = new WeakMap();
const nameOf = (field) => names.get(field);
const seenBy = (field) => field.form?.querySelector("[name=seen]");

function keep(field) {
  const { [nameOf(field)]: _, ...texts } = read();
  const isDraft = field.value.trim() && field.value !== field.defaultValue;
  if (isDraft) texts[nameOf(field)] = { text: field.value, seen: seenBy(field)?.value ?? null, at: Date.now() };
  write(texts);
  mark(field, isDraft);
}

function bringBack(field) {
  names.set(field, `${field.closest("#ticket").dataset.ticketPage} ${field.id}`);
  const draft = read()[nameOf(field)];
  if (!draft || field.value !== field.defaultValue) return;
  if (draft.text === field.defaultValue) { forget(field); return; }
  field.value = draft.text;
  if (draft.seen !== null && seenBy(field)) seenBy(field).value = draft.seen;
  mark(field, true);
}

/** Say beside what opens a field that something is written in it. */
function mark(field, isDraft) {
  const summary = field.closest("[data-edits]")?.querySelector("summary");
  const mark = summary?.querySelector(".draft-mark");
  if (!isDraft) mark?.remove();
  else if (summary && !mark) summary.append(make("span", { class: "draft-mark" }, word("draft")));
}

function forget(field) {
  if (!names.has(field)) return;
  const { [nameOf(field)]: _, ...texts } = read();
  write(texts);
  mark(field, false);
}

if (viewer) {
  each(FIELDS, bringBack);
  on("input", FIELDS, (event, field) => keep(field));
  on("reset", "#ticket form", (event, form) => form.querySelectorAll(".editor-text").forEach(forget));
  document.addEventListener("htmx:afterRequest", ({ detail: { successful, elt } }) => {
    if (successful && elt instanceof HTMLFormElement) elt.querySelectorAll(".editor-text").forEach(forget);
  });
  document.addEventListener("submit", (event) => { if (event.target.getAttribute("action") === "/signout") localStorage.removeItem(KEPT); });
}
