// Choose a new value of a field beside a ticket: a button with `data-pick="status"` in its [data-ticket], or the keys
// s a p l on the current row. With a selection the keys, and a button with `data-pick-selected`, change all of it.
// What is typed looks for values, Enter takes the marked one, a digit the one that has it; no key does anything else then.
import { send } from "./api.js";
import { delegate, get, h, isShown, placeBeside, t } from "./dom.js";
import { register } from "./keys.js";
import { currentRow } from "./rows.js";
import { selected } from "./selection.js";
import { toast } from "./toast.js";
import { htmx } from "./vendor.js";

/** @type {PageElement | null} */
let popup = null;
/** @type {PageElement | null} */
let back = null;
let takesNext = false;

/** Offer the values of a field for some tickets, beside an element. */
export async function pick(field, tickets, anchor) {
  closePick();
  back = /** @type {PageElement} */ (document.activeElement);
  takesNext = false;
  const list = h(
    "div",
    {},
    h("input", {
      class: "popup-search",
      type: "search",
      name: "q",
      placeholder: "…",
      "aria-label": t(field),
      autocomplete: "off",
    }),
  );
  const form = h(
    "form",
    { id: "pick", "hx-post": "/tickets/bulk", "hx-swap": "none" },
    ...tickets.map((ticket) => h("input", { type: "hidden", name: "ticket", value: ticket })),
    list,
  );
  const shown = h("div", { class: "popup picker", popover: "auto", role: "dialog", "aria-label": t(field) }, form);
  popup = shown;
  document.body.append(shown);
  htmx.process(shown);
  listen(shown, form);
  show(anchor);
  const one = tickets.length === 1 ? `?ticket=${encodeURIComponent(tickets[0])}` : "";
  const reply = await send(`/choices/${field}${one}`, { headers: { "hx-request": "true" } }).catch(() => null);
  if (!popup?.contains(list)) return;
  if (!reply?.ok) {
    closePick();
    toast(t(reply ? "failed" : "noConnection"), { problem: true });
    return;
  }
  fill(list, await reply.text());
  show(anchor);
}

/** Put the values below the field, in which one types already; it learns how it looks for them. */
function fill(list, html) {
  const fresh = h("template"),
    field = get(".popup-search", list),
    text = field.value;
  fresh.innerHTML = html;
  const theirs = get(".popup-search", fresh.content);
  for (const { name, value } of theirs.attributes) if (name !== "value") field.setAttribute(name, value);
  theirs.remove();
  list.prepend(get(".popup-title", fresh.content));
  list.append(fresh.content);
  field.value = ""; // htmx asks for what is another text than at this moment
  htmx.process(list);
  field.value = text;
  list.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: list } }));
  mark();
  if (/^[1-9]$/.test(text) && popup?.querySelector("[data-digits]")) items()[Number(text) - 1]?.click();
  else if (text) field.dispatchEvent(new Event("input", { bubbles: true }));
  if (takesNext && !isAwaited()) take();
}

function listen(shown, form) {
  shown.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && popup === shown) closePick();
  });
  shown.addEventListener("keydown", react);
  shown.addEventListener("input", () => setTimeout(mark));
  shown.addEventListener("htmx:afterSettle", () => {
    mark();
    if (takesNext && !isAwaited()) take();
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form && popup === shown) closePick();
  });
}

function show(anchor) {
  if (!popup) return;
  if (!popup.matches(":popover-open")) popup.showPopover();
  placeBeside(popup, anchor);
  search()?.focus();
}

/** Put the choice away. */
export function closePick() {
  if (!popup) return;
  const gone = popup;
  popup = null;
  gone.remove();
  back?.focus?.({ preventScroll: true });
}

const search = () => popup?.querySelector(".popup-search");
const items = () => [...(popup?.querySelectorAll(".choices .item") ?? [])].filter((item) => !item.hidden);

/** Say whether the answer to what is typed is still to come. */
function isAwaited() {
  const choices = popup?.querySelector(".choices"),
    field = search();
  if (!choices || !field) return true;
  return field.hasAttribute("hx-get") && field.value !== choices.dataset.asked;
}

/** Mark what Enter takes: what is there now, or the first that fits what is typed. */
function mark() {
  const all = items();
  const first = (search()?.value ? null : all.find((item) => item.ariaCurrent === "true")) ?? all[0];
  popup?.querySelectorAll(".item.is-marked").forEach((item) => item.classList.remove("is-marked"));
  first?.classList.add("is-marked");
  first?.scrollIntoView({ block: "nearest" });
}

function take() {
  mark();
  takesNext = isAwaited();
  if (!takesNext) popup?.querySelector(".item.is-marked")?.click();
}

function react(event) {
  const inField = event.target === search(),
    isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Escape") {
    // at once: the browser's own closing is late, and would get the next key
    event.preventDefault();
    event.stopPropagation();
    closePick();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && inField) {
    event.preventDefault();
    take();
  } else if (event.key.length === 1 && isPlain) {
    event.stopPropagation();
    const digit = /^[1-9]$/.test(event.key) && !search()?.value && popup?.querySelector("[data-digits]");
    if (digit) {
      event.preventDefault();
      items()[Number(event.key) - 1]?.click();
    } else if (!inField && event.key !== " ") search()?.focus();
  }
}

/** Go on from what has the focus, from the field beginning at what is marked. */
function move(step) {
  const field = search();
  if (!field) return;
  const all = [field, ...items()];
  const here = all.indexOf(/** @type {PageElement} */ (document.activeElement));
  const marked = all.findIndex((item) => item.classList.contains("is-marked"));
  const from =
    here === 0 && step > 0 && !field.value && marked > 0 ? marked - (all[marked].ariaCurrent === "true" ? 0 : 1) : here;
  all[(from + step + all.length) % all.length]?.focus();
}

delegate("click", "[data-pick]", (event, button) => {
  event.preventDefault();
  const one =
    button.closest("[data-ticket]")?.dataset.ticket ?? button.closest("[data-ticket-page]")?.dataset.ticketPage;
  pick(button.dataset.pick, button.hasAttribute("data-pick-selected") || !one ? selected() : [one], button);
});

function byKey(field) {
  const row = currentRow() || document.querySelector("[data-ticket-page]");
  const chosen = selected();
  const tickets = chosen.length ? chosen : [row?.dataset.ticket || row?.dataset.ticketPage];
  const drawn = [...(row?.querySelectorAll(`[data-pick="${field}"]`) ?? [])].find(isShown);
  pick(field, tickets, drawn || row || document.querySelector("[data-selection]"));
}
const when = () =>
  Boolean(selected().length || currentRow() || document.querySelector("[data-ticket-page]")) &&
  !document.querySelector("dialog[open]");
const group = t("ticketKeys");
register("s", () => byKey("status"), { label: t("changeStatus"), group, when });
register("a", () => byKey("assignee"), { label: t("changeAssignee"), group, when });
register("p", () => byKey("priority"), { label: t("changePriority"), group, when });
register("l", () => byKey("label"), { label: t("changeLabels"), group, when });
register("d", () => byKey("due"), { label: t("changeDue"), group, when });
