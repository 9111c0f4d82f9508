// A text in Markdown (components/editor.html): a toolbar, a preview made by the server, Ctrl Enter that sends, and
// <details data-edits> that opens on its text and closes without losing what somebody else wrote.
import { send } from "./api.js";
import { delegate, get, getAround, mount, t } from "./dom.js";
import { sayError } from "./errors.js";
import { register } from "./keys.js";

const AROUND = { bold: ["**", "**"], italic: ["_", "_"], code: ["`", "`"], link: ["[", "](https://)"] };
const BEFORE = { list: "- ", task: "- [ ] ", quote: "> " };

/** Put text in the place of the selection, so that the browser's own undo takes it back. */
export function insert(field, text) {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

delegate("click", "[data-md]", (_event, button) => {
  const field = get("textarea", getAround(button, "[data-editor]"));
  const { selectionStart: start, selectionEnd: end } = field;
  const chosen = field.value.slice(start, end);
  const what = button.dataset.md ?? "";
  if (AROUND[what]) {
    const [open, close] = AROUND[what];
    insert(field, open + chosen + close);
    field.setSelectionRange(start + open.length, start + open.length + chosen.length);
    return;
  }
  const from = field.value.lastIndexOf("\n", start - 1) + 1;
  field.setSelectionRange(from, end);
  insert(
    field,
    field.value
      .slice(from, end)
      .split("\n")
      .map((line) => BEFORE[what] + line)
      .join("\n"),
  );
});

delegate("click", "[data-preview]", async (_event, button) => {
  const editor = getAround(button, "[data-editor]");
  const field = get("textarea", editor),
    place = get(".editor-preview", editor);
  const shows = button.getAttribute("aria-pressed") !== "true";
  if (shows) {
    const body = new URLSearchParams({ text: field.value, workspace: editor.dataset.workspace ?? "" });
    const reply = await send("/markdown", { method: "POST", body, headers: { "hx-request": "true" } });
    if (!reply.ok) return sayError(await reply.text());
    place.replaceChildren(
      new DOMParser().parseFromString(await reply.text(), "text/html").body.firstElementChild ?? "",
    );
  }
  button.setAttribute("aria-pressed", String(shows));
  field.hidden = shows;
  place.hidden = !shows;
});

delegate("keydown", "textarea[data-submits]", (event, field) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  field.form.requestSubmit();
});
delegate("keydown", "textarea[data-one-line]", (event, field) => {
  if (event.key === "Enter") {
    event.preventDefault();
    field.blur();
  }
  if (event.key === "Escape") {
    field.value = field.defaultValue;
    field.blur();
    event.stopPropagation();
  }
});
delegate("click", "[data-leaves-edit]", (_event, button) => {
  const edits = getAround(button, "[data-edits]");
  get("form", edits).reset();
  closeEdits(edits);
});
// Escape closes and loses nothing: what was written is a draft (drafts.js), which Cancel gives up.
delegate("keydown", "[data-edits] textarea", (event, field) => {
  if (event.key !== "Escape") return;
  event.preventDefault();
  closeEdits(getAround(field, "[data-edits]"));
});
function closeEdits(edits) {
  edits.open = false;
  get("summary", edits).focus();
}
mount("[data-edits]", (edits) =>
  edits.addEventListener("toggle", () => {
    const field = edits.open ? edits.querySelector("textarea[data-submits]") : null;
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }),
);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!event.detail.successful || !(form instanceof HTMLFormElement)) return;
  if (form.hasAttribute("data-resets")) form.reset();
  if (form.hasAttribute("data-closes-after")) form.closest("dialog")?.close();
});
register("m", () => document.getElementById("new-comment")?.focus(), {
  label: t("writeComment"),
  group: t("ticketKeys"),
  when: () => Boolean(document.getElementById("new-comment")),
});
