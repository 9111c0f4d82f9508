// What is being written under a ticket is kept in this browser: whoever leaves the page, opens another ticket in the panel
// or is signed out finds it in its field again. It goes when it is sent or cancelled, after a month, with signing out, and
// when somebody else signs in. A change of what is there already keeps the text that it began with too (`seen`), so that
// nothing newer is overwritten.
import { delegate, h, mount, t } from "./dom.js";
import { kept } from "./kept.js";

const MOST = 30,
  MONTH = 30 * 86_400_000;
const FIELDS = "#ticket textarea.editor-text";
const drafts = kept("codimir.drafts");

const read = () =>
  Object.fromEntries(Object.entries(drafts.read() ?? {}).filter(([, { at }]) => Date.now() - at < MONTH));

function write(texts) {
  const newest = Object.entries(texts)
    .sort(([, one], [, other]) => other.at - one.at)
    .slice(0, MOST);
  drafts.write(newest.length ? Object.fromEntries(newest) : null);
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
  if (draft.text === field.defaultValue) {
    forget(field);
    return;
  }
  field.value = draft.text;
  if (draft.seen !== null && seenBy(field)) seenBy(field).value = draft.seen;
  mark(field, true);
}

/** Say beside what opens a field that something is written in it. */
function mark(field, isDraft) {
  const summary = field.closest("[data-edits]")?.querySelector("summary");
  const mark = summary?.querySelector(".draft-mark");
  if (!isDraft) mark?.remove();
  else if (summary && !mark) summary.append(h("span", { class: "draft-mark" }, t("draft")));
}

function forget(field) {
  if (!names.has(field)) return;
  const { [nameOf(field)]: _, ...texts } = read();
  write(texts);
  mark(field, false);
}

if (document.documentElement.dataset.viewer) {
  mount(FIELDS, bringBack);
  delegate("input", FIELDS, (_event, field) => keep(field));
  delegate("reset", "#ticket form", (_event, form) => form.querySelectorAll(".editor-text").forEach(forget));
  document.addEventListener("htmx:afterRequest", ({ detail: { successful, elt } }) => {
    if (successful && elt instanceof HTMLFormElement) elt.querySelectorAll(".editor-text").forEach(forget);
  });
}
