// Lists and boards by keyboard: j and k move between [data-ticket], Enter or o opens, x selects (selection.js).
import { get, t } from "./dom.js";
import { register } from "./keys.js";
import { isPanelOpen, openInPanel } from "./panel.js";

const rows = () => [...document.querySelectorAll(".content [data-ticket]")];

/** Give the row that has the focus, or the one that is open in the panel. */
export function currentRow() {
  return (
    document.activeElement?.closest?.(".content [data-ticket]") ||
    document.querySelector(".content [data-ticket][data-open]")
  );
}

/** Move to the row so many further; a ticket in the panel follows. */
export function moveBy(step) {
  const all = rows();
  if (!all.length) return;
  const current = currentRow();
  const at = current ? all.indexOf(current) : -1;
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(at + step, all.length - 1))];
  const link = get("a[data-panel], a[href]", next);
  next.scrollIntoView({ block: "nearest" });
  link.focus({ preventScroll: true });
  if (isPanelOpen() && !next.hasAttribute("data-open")) openInPanel(link);
}

const there = () => rows().length > 0 && !document.querySelector("dialog[open]");
const group = t("lists");
register("j", () => moveBy(1), { label: t("nextTicket"), group, when: there });
register("k", () => moveBy(-1), { label: t("previousTicket"), group, when: there });
register("o", () => currentRow()?.querySelector("a[data-panel], a[href]")?.click(), {
  label: t("openTicket"),
  group,
  when: () => there() && currentRow(),
});
