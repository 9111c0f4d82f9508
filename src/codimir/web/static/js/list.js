// The rows of a list as they are now: all the pages that are shown are fetched, and put into their places one by one, so
// that nothing jumps, what is the same stays the same element, and what somebody selected stays selected.
import { at, get } from "./dom.js";
import { htmx } from "./vendor.js";

const MOST_PAGES = 40;
const content = () => get("#content");
const listIn = (root) => root.querySelector(".content > .list");
const rowsIn = (root) => [...root.querySelectorAll(".row[data-ticket]")];
const pageOf = (more) => Number(new URL(get("a", more).href, location.href).searchParams.get("page"));

/** Fetch what is shown: its rows by ticket, how it goes on, and whether it is one list without groups. */
export async function fetchShown() {
  const fresh = await piece(at(), "view");
  if (!fresh) return null;
  const shown = listIn(document),
    list = listIn(fresh);
  const rows = rowsIn(fresh),
    total = fresh.querySelector(".bar-below > .number");
  let more = fresh.querySelector("#more");
  if (!shown || !list) return { rows: byTicket(rows), more: null, total: null, isPlain: false };
  const after = shown.querySelector("#more"),
    last = after ? pageOf(after) : Infinity;
  for (let pages = 1; more && pageOf(more) < last && pages < MOST_PAGES; pages += 1) {
    const next = await piece(get("a", more).href, "more");
    if (!next) return null;
    rows.push(...rowsIn(next));
    more = next.querySelector("#more");
  }
  return { rows: byTicket(rows), more, total, isPlain: true };
}

async function piece(address, target) {
  const reply = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": target } }).catch(() => null);
  if (!reply?.ok) return null;
  const fresh = document.createElement("template");
  fresh.innerHTML = await reply.text();
  return fresh.content;
}

/** Rows by the ticket that they show; one that moved while the pages were fetched came twice. */
function byTicket(rows) {
  return new Map(rows.map((row) => [row.dataset.ticket, row]));
}

/** Put a row into the place of another one. */
export function replaceRow(old, fresh) {
  if (!old || !fresh || isSame(old, fresh) || old.querySelector(".row-check:checked")) return old ?? fresh;
  const focus = old.contains(document.activeElement);
  if (old.hasAttribute("data-open")) fresh.setAttribute("data-open", "");
  old.replaceWith(fresh);
  htmx.process(fresh);
  if (focus) fresh.querySelector("a[href]")?.focus({ preventScroll: true });
  return fresh;
}

function isSame(old, fresh) {
  const open = old.hasAttribute("data-open");
  old.removeAttribute("data-open");
  const same = old.isEqualNode(fresh);
  if (open) old.setAttribute("data-open", "");
  return same;
}

/** Bring a list without groups to what was fetched; the row that one looks at stays where it is on the screen. */
export function putRows({ rows, more, total }) {
  const list = listIn(document);
  const anchor =
    content().scrollTop > 0
      ? rowsIn(list).find(
          (row) => isSeen(row) && rows.has(row.dataset.ticket) && isSame(row, rows.get(row.dataset.ticket)),
        )
      : null;
  const top = anchor?.getBoundingClientRect().top;
  for (const row of rowsIn(list)) if (!rows.has(row.dataset.ticket)) row.remove();
  const there = byTicket(rowsIn(list));
  /** @type {Element | null} */
  let before = null;
  for (const [ticket, fresh] of rows) {
    const row = replaceRow(there.get(ticket), fresh);
    const place = before ? before.nextElementSibling : list.firstElementChild;
    if (row !== place) list.insertBefore(row, place);
    if (row === fresh && !there.has(ticket)) htmx.process(row);
    before = row;
  }
  putMore(list, more);
  const said = document.querySelector(".bar-below > .number");
  if (total && said && said.textContent !== total.textContent) said.textContent = total.textContent;
  if (anchor?.isConnected) content().scrollTop += anchor.getBoundingClientRect().top - top;
}

function isSeen(row) {
  return row.getBoundingClientRect().bottom > content().getBoundingClientRect().top;
}

function putMore(list, more) {
  const old = list.querySelector("#more");
  if (old && more && pageOf(old) === pageOf(more)) {
    list.append(old);
    return;
  }
  old?.remove();
  if (more) {
    list.append(more);
    htmx.process(more);
  }
}
