// A new ticket from anywhere: `c`, or a link with `data-create`. One line that the server understands, its meaning below
// it; menus write into the line too. Enter creates and is ready for the next, with Ctrl or ⌘ it opens the new ticket.

import { reasonOf } from "./api.js";
import { delegate, get, getAround, h, icon, t } from "./dom.js";
import { register } from "./keys.js";
import { createTicket, fetchMeaning } from "./quick/send.js";
import { toast } from "./toast.js";
import { htmx } from "./vendor.js";

const PAUSE = 120;
// Made by build(), when the line is opened for the first time.
/** @type {PageElement} */
let dialog;
/** @type {PageElement} */
let line;
/** @type {PageElement} */
let said;
/** @type {PageElement} */
let more;
let files = [],
  timer = 0,
  turn = 0,
  queue = Promise.resolve();

/** Open the line; a project is the default for what it makes, a text is written into it where it is empty. */
export async function openQuick(project = projectHere(), text = "") {
  if (!dialog) {
    build();
    hint();
  }
  if (!dialog.open) dialog.showModal();
  line.value ||= text;
  line.focus();
  if (more.childElementCount) {
    understand();
    return;
  }
  await htmx.ajax("GET", `/tickets/new${project ? `?project=${encodeURIComponent(project)}` : ""}`, {
    source: more,
    target: more,
    swap: "innerHTML",
  });
  for (const cap of more.querySelectorAll("[data-mod]"))
    cap.textContent = navigator.platform.startsWith("Mac") ? "⌘" : t("ctrl");
  understand();
}

function build() {
  line = h("input", {
    class: "quick-line",
    type: "text",
    maxlength: 1000,
    autocomplete: "off",
    dir: "auto",
    placeholder: t("quickPlaceholder"),
    "aria-label": t("quickLine"),
    "aria-describedby": "quick-said",
  });
  said = h("div", { class: "quick-said", id: "quick-said", "aria-live": "polite" });
  more = h("div", { class: "quick-more" });
  const close = h(
    "button",
    { class: "icon-button quick-close", type: "button", "aria-label": t("close"), onclick: () => dialog.close() },
    icon("close"),
  );
  const form = h("form", { class: "quick" }, line, close, said, more);
  dialog = h("dialog", { class: "dialog is-top is-wide", id: "quick", "aria-label": t("createTicket") }, form);
  document.body.append(dialog);
  line.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(understand, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    create(false);
  });
  form.addEventListener("keydown", enter, { capture: true });
  form.addEventListener("paste", (event) => {
    if (addFiles(event.clipboardData?.files)) event.preventDefault();
  });
  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    if (addFiles(event.dataTransfer?.files)) event.preventDefault();
  });
}

function enter(event) {
  const text = field("description");
  if (event.key === "Tab" && !event.shiftKey && event.target === line && text) {
    event.preventDefault();
    text.focus();
    return;
  }
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  event.stopPropagation();
  create(true);
}

const field = (name) => more.querySelector(`[name="${name}"]`);

function writeDescription(text) {
  const written = field("description");
  if (written) written.value = text;
}

/** Show what the line means; an answer that comes too late is let go. */
async function understand() {
  clearTimeout(timer);
  const mine = ++turn;
  if (!line.value.trim()) {
    hint();
    return;
  }
  const meaning = await fetchMeaning(line.value, field("project")?.value ?? "");
  if (mine === turn && meaning) said.replaceChildren(...meaning);
}

/** Say below an empty line what it understands, or that the ticket before is made: the dialog stays for the next one. */
function hint(text = t("quickUnderstands")) {
  said.replaceChildren(h("p", { class: "quick-hint" }, text));
}

/** Take what is written, make room for the next at once, and create one after the other. */
function create(opens) {
  const text = line.value.trim();
  if (!text) {
    line.focus();
    return;
  }
  const sent = { text, description: field("description")?.value ?? "", files };
  const project = field("project")?.value;
  clear();
  queue = queue.then(() => createOne(sent, project, opens));
}

async function createOne(sent, project, opens) {
  const workspace = more.querySelector("[data-workspace]")?.dataset.workspace || undefined;
  try {
    const ticket = await createTicket({ ...sent, project, workspace });
    const href = `/tickets/${ticket.key ?? ticket.id}`;
    if (opens) {
      location.assign(href);
      return;
    }
    toast(t("ticketCreated", { title: ticket.title }), { action: ticket.key ?? t("openTicket"), href });
    if (!line.value) hint(t("createdNext", { key: ticket.key ?? ticket.title }));
    document.dispatchEvent(new CustomEvent("stale"));
  } catch (error) {
    giveBack(sent);
    toast(reasonOf(error), { problem: true });
  }
}

function clear() {
  line.value = "";
  writeDescription("");
  files = [];
  showFiles();
  hint();
  turn += 1;
  line.focus();
}

function giveBack(sent) {
  if (line.value) return;
  line.value = sent.text;
  writeDescription(sent.description);
  files = sent.files;
  showFiles();
  understand();
}

function addFiles(list) {
  if (!list?.length) return false;
  files = [...files, ...list];
  showFiles();
  return true;
}

function showFiles() {
  more.querySelector(".quick-files")?.replaceChildren(
    ...files.map((file) =>
      h(
        "li",
        { class: "chip" },
        h("span", { class: "truncate" }, file.name),
        h(
          "button",
          {
            type: "button",
            class: "chip-remove",
            "aria-label": `${t("remove")} ${file.name}`,
            onclick: () => {
              files = files.filter((each) => each !== file);
              showFiles();
            },
          },
          "✕",
        ),
      ),
    ),
  );
}

/** Write a part into the line, in the place of what it said about the same field before. */
function write(token, about) {
  const before = about === "label" ? null : said.querySelector(`[data-field="${about}"]`)?.dataset.unsay;
  line.value = `${before ? without(before) : line.value.trim()} ${token}`.trim();
  line.focus();
  understand();
}

const without = (part) => {
  const at = line.value.lastIndexOf(part);
  return at < 0
    ? line.value
    : `${line.value.slice(0, at)}${line.value.slice(at + part.length)}`.replace(/\s+/g, " ").trim();
};

delegate("click", "#quick [data-token]", (_event, button) => {
  const menu = getAround(button, "[data-writes]");
  menu.open = false;
  write(button.dataset.token, menu.dataset.writes);
});
delegate("click", "#quick .month-day", (_event, day) => {
  getAround(day, "details").open = false;
  write(`due ${day.value}`, "due");
});
delegate("click", "#quick [data-unsay]", (_event, chip) => {
  line.value = without(chip.dataset.unsay);
  line.focus();
  understand();
});
delegate("click", "#quick [data-chooses-project] [data-project]", (_event, item) => {
  const menu = getAround(item, "details");
  for (const each of menu.querySelectorAll("[data-project]")) each.setAttribute("aria-pressed", String(each === item));
  get("[data-chosen]", menu).textContent = get(".grow", item).textContent;
  menu.open = false;
  get('[name="project"]', more).value = item.dataset.project ?? "";
  line.focus();
  understand();
});
delegate("change", "[data-quick-files]", (_event, input) => {
  addFiles(input.files);
  input.value = "";
  line.focus();
});

const projectHere = () =>
  new URL(document.querySelector("a[data-create]")?.href ?? "/", location.href).searchParams.get("project") ?? "";
delegate("click", "a[data-create]", (event, link) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  openQuick(new URL(link.href).searchParams.get("project") ?? "");
});
register("c", () => openQuick(projectHere()), {
  label: t("createTicket"),
  when: () => !document.querySelector("dialog[open]"),
});
