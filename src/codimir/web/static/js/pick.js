// Choose a new value of a field beside a ticket: a button with `data-pick="status"` in its [data-ticket], or the keys
// s a p l on the current row. With a selection the keys, and a button with `data-pick-selected`, change all of it.
import { isShown, make, on, placeBeside, word } from "./dom.js";
import { htmx } from "./htmx-settings.js";
import { register } from "./keys.js";
import { currentRow } from "./rows.js";
import { selected } from "./selection.js";

let popup = null;
let back = null;

/** Offer the values of a field for some tickets, beside an element. */
export async function pick(field, tickets, anchor) {
  closePick();
  back = document.activeElement;
  const list = make("div");
  const form = make("form", { id: "pick", "hx-post": "/tickets/bulk", "hx-swap": "none" },
    ...tickets.map((ticket) => make("input", { type: "hidden", name: "ticket", value: ticket })), list);
  popup = make("div", { class: "popup", popover: "auto", role: "dialog", "aria-label": word(field) }, form);
  document.body.append(popup);
  htmx.process(popup);
  await htmx.ajax("GET", `/choices/${field}`, { source: list, target: list, swap: "innerHTML" });
  if (!popup) return;
  popup.showPopover();
  placeBeside(popup, anchor);
  popup.addEventListener("toggle", (event) => { if (event.newState === "closed") closePick(); });
  popup.addEventListener("keydown", move);
  form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt === form) closePick(); });
  popup.querySelector(".popup-search, .item")?.focus();
}

/** Put the choice away. */
export function closePick() {
  if (!popup) return;
  const gone = popup;
  popup = null;
  gone.remove();
  back?.focus?.({ preventScroll: true });
}

function move(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const items = [...popup.querySelectorAll(".popup-search, .item")];
  const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  items[(at + items.length) % items.length].focus();
}

on("click", "[data-pick]", (event, button) => {
  event.preventDefault();
  const one = (button.closest("[data-ticket]")?.dataset.ticket ?? button.closest("[data-ticket-page]")?.dataset.ticketPage);
  pick(button.dataset.pick, button.hasAttribute("data-pick-selected") || !one ? selected() : [one], button);
});

function byKey(field) {
  const row = currentRow() || document.querySelector("[data-ticket-page]");
  const chosen = selected();
  const tickets = chosen.length ? chosen : [row.dataset.ticket || row.dataset.ticketPage];
  const drawn = [...(row?.querySelectorAll(`[data-pick="${field}"]`) ?? [])].find(isShown);
  pick(field, tickets, drawn || row || document.querySelector("[data-selection]"));
}
const when = () => Boolean(selected().length || currentRow() || document.querySelector("[data-ticket-page]")) && !document.querySelector("dialog[open]");
const group = word("ticketKeys");
register("s", () => byKey("status"), { label: word("changeStatus"), group, when });
register("a", () => byKey("assignee"), { label: word("changeAssignee"), group, when });
register("p", () => byKey("priority"), { label: word("changePriority"), group, when });
register("l", () => byKey("label"), { label: word("changeLabels"), group, when });
