// Which tickets were open last, in this browser, for this person.
import { kept } from "../kept.js";

const MAX_RECENT = 8;
const recents = kept("codimir.recent");

/** Return the tickets that were open last, the last one first. */
export const recentTickets = () => recents.read() ?? [];

function remember(root) {
  const ticket = root.id === "ticket" ? root : root.querySelector?.("#ticket");
  if (!ticket?.dataset.address) return;
  const title = ticket.querySelector(".ticket-title textarea, .ticket-title h2");
  const one = {
    href: ticket.dataset.address,
    key: ticket.dataset.address.split("/").pop(),
    title: title?.value ?? title?.textContent.trim() ?? "",
  };
  const others = recentTickets().filter(({ href }) => href !== one.href);
  recents.write([one, ...others].slice(0, MAX_RECENT));
}
remember(document);
document.addEventListener("htmx:load", (event) => remember(event.detail.elt));
