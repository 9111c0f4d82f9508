// A ticket that goes to the trash while it is open: from a list or a board the panel closes; its own page stays to be read,
// says where it is, and takes no more changes until it is taken out again.
import { get, h, t } from "./dom.js";
import { closePanel, isPanelOpen } from "./panel.js";
import { refreshTicket } from "./ticket.js";

const ticket = () => get("#ticket");
const isOpen = () => Boolean(document.getElementById("ticket"));
const notice = () => document.querySelector(".ticket-gone");
const CHANGES = ".ticket-title, .ticket-side, .composer, .edits, .file-add";

/** Let the open ticket be read only. */
export function markTrashed() {
  if (!isOpen() || isTrashed()) return;
  ticket().before(
    h(
      "p",
      { class: "notice is-warning ticket-gone", role: "status" },
      h("span", { class: "grow" }, t("ticketGone")),
      h("a", { href: "/settings/trash" }, t("trash")),
    ),
  );
  setChangeable(false);
}

/** Let the open ticket be changed again when it is there again. */
export async function unmarkTrashed() {
  if (!isTrashed()) return;
  const reply = await fetch(ticket().dataset.address ?? "", { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!reply?.ok) return;
  notice()?.remove();
  setChangeable(true);
  await refreshTicket();
}

/** Say whether the open ticket is in the trash. */
function isTrashed() {
  return isOpen() && Boolean(notice());
}

function setChangeable(is) {
  for (const part of ticket().querySelectorAll(CHANGES)) part.inert = !is;
}

document.addEventListener("ticketTrashed", (event) => {
  if (!isOpen() || ticket().dataset.ticketPage !== event.detail.ticket) return;
  markTrashed();
  if (isPanelOpen()) setTimeout(closePanel); // after the other events of this answer, which its form tells
});
document.addEventListener("undone", unmarkTrashed);
