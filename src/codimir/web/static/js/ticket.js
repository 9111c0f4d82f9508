// A ticket that is open: it is fetched anew when something changed it, without losing what is being written; files are
// added by dropping and pasting; a link to it is copied.
import { send } from "./api.js";
import { delegate, getAround, t } from "./dom.js";
import { insert } from "./editor.js";
import { toast } from "./toast.js";
import { htmx } from "./vendor.js";

const open = () => document.getElementById("ticket");

/** Fetch every part of the open ticket that nobody is writing in; the answer to a form that is under way brings them too. */
export async function refreshTicket() {
  const ticket = open();
  if (!ticket || document.querySelector(".ticket-gone")) return;
  if (sending) {
    missed = true;
    return;
  }
  await htmx.ajax("GET", ticket.dataset.address ?? "", {
    source: "#ticket-side",
    target: "#ticket-side",
    swap: "none",
  });
}

// A part in which somebody writes stays as it is, unless they have just sent it; a conflict is said when they save.
const PARTS = "#ticket-title, #ticket-description, #ticket-activity, #ticket-side";
let sent = null;
let sending = null;
let missed = false;
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (changesTicket(form)) {
    sending = event.detail.xhr;
    sent = form.dataset.part ?? form.closest(PARTS)?.id ?? null;
  } else if (!sending) sent = null;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr !== sending) return;
  sending = null;
  if (missed) {
    missed = false;
    refreshTicket();
  }
});

// A part that is as before stays, with the menus that are open in it. In one that is not, the focus stays on the same
// control; where that is closed now, on what opens it.
const STOPS = "a[href], button, summary, input:not([type=hidden]), select, textarea";
/** @type {{ id: string, stop: number } | null} */
let kept = null;

// What has the focus stays on its height while a part above it grows: a comment that was sent, a file that was pasted.
/** @type {{ focus: PageElement, top: number } | null} */
let held = null;
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  const focus = document.activeElement?.closest?.("#ticket *");
  held = focus && !target.contains(focus) ? { focus, top: focus.getBoundingClientRect().top } : null;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (held?.focus.isConnected)
    getAround(held.focus, ".panel, .content").scrollTop += held.focus.getBoundingClientRect().top - held.top;
  held = null;
});

// What is pressed stays until it is released: a click whose beginning was swept away is none.
/** @type {EventTarget | null} */
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target), true);
for (const release of ["pointerup", "pointercancel"]) {
  document.addEventListener(release, () => setTimeout(letGo), true);
}
let heldBack = false;
function letGo() {
  pressed = null;
  if (heldBack) refreshTicket();
  heldBack = false;
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target: part, fragment } = event.detail;
  const isPressed = pressed instanceof Node && part.contains(pressed);
  if (part.id !== sent && (isPressed || isBeingWritten(part) || plain(part) === plain(fragment.firstElementChild)))
    event.detail.shouldSwap = false;
  heldBack ||= isPressed && !event.detail.shouldSwap;
  if (event.detail.shouldSwap && part.contains(document.activeElement)) {
    kept = { id: part.id, stop: [...part.querySelectorAll(STOPS)].indexOf(document.activeElement) };
  }
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const part = /** @type {PageElement} */ (event.target);
  if (!kept || part.id !== kept.id) return;
  const same = part.querySelectorAll(STOPS)[kept.stop];
  kept = null;
  if (same)
    (same.checkVisibility() ? same : same.closest("details")?.querySelector("summary"))?.focus({ preventScroll: true });
});

/** Write a part as the server does. */
function plain(part) {
  const copy = part.cloneNode(true);
  copy.removeAttribute("hx-swap-oob");
  for (const box of copy.querySelectorAll("[data-line]")) box.disabled = true;
  for (const table of copy.querySelectorAll(".prose .table")) table.removeAttribute("tabindex");
  return copy.outerHTML.replace(/ class="(htmx-\w+ ?)+"| (?<=class="[^"]*)htmx-\w+/g, "");
}

function changesTicket(form) {
  return form instanceof HTMLFormElement && Boolean(form.dataset.part || form.closest("#ticket"));
}

function isBeingWritten(part) {
  const field = part.querySelector("input:not([type=checkbox]):focus, textarea:focus");
  return Boolean(part.querySelector("[data-edits][open]") || (field && field.value !== field.defaultValue));
}

document.addEventListener("stale", refreshTicket);

async function upload(files) {
  const ticket = open();
  if (!ticket?.dataset.uploads) return [];
  const added = [];
  for (const file of files) {
    const body = new FormData();
    body.append("file", file, file.name || "image.png");
    const reply = await send(ticket.dataset.uploads, { method: "POST", body });
    const parsed = await reply.json().catch(() => null);
    if (reply.ok) added.push(parsed.data);
    else
      toast(
        `${file.name}: ${Object.values(parsed?.error?.details ?? {}).flat()[0] ?? parsed?.error?.message ?? t("failed")}`,
        { problem: true },
      );
  }
  if (added.length) await refreshTicket();
  return added;
}

delegate("change", "[data-uploads-from]", async (_event, field) => {
  await upload([...field.files]);
  field.value = "";
});
delegate("paste", "#ticket", async (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length) return;
  event.preventDefault();
  const field = event.target.closest?.(".editor-text");
  for (const file of await upload(files)) {
    const picture = file.contentType.startsWith("image/") ? "!" : "";
    if (field) insert(field, `${picture}[${file.filename.replace(/[[\]]/g, "")}](${file.url})\n`);
  }
});
delegate("dragover", "#ticket", (event, ticket) => {
  if (!ticket.dataset.uploads || !event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  ticket.classList.add("is-dropping");
});
delegate("dragleave", "#ticket", (event, ticket) => {
  if (!ticket.contains(event.relatedTarget)) ticket.classList.remove("is-dropping");
});
delegate("drop", "#ticket", (event, ticket) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  ticket.classList.remove("is-dropping");
  upload([...event.dataTransfer.files]);
});
