// `?` lists every key that does something on this page.

import { openDialog } from "./dialog.js";
import { delegate, h, t } from "./dom.js";
import { register, shortcuts } from "./keys.js";

const SHOWN = {
  Mod: navigator.platform.startsWith("Mac") ? "⌘" : t("ctrl"),
  Escape: "Esc",
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
};

/** Draw keys as caps. */
export function keycaps(keys) {
  return (keys === " " ? [keys] : keys.split(/[ +]/)).map((key) => h("kbd", {}, SHOWN[key] ?? key));
}

function showKeys() {
  const groups = Map.groupBy ? Map.groupBy(shortcuts(), ({ group }) => group) : grouped(shortcuts());
  const list = h("div", { class: "keys" });
  for (const [group, entries] of groups) {
    const items = entries.map(({ keys, label }) => h("li", {}, label, h("span", {}, ...keycaps(keys))));
    list.append(h("section", {}, h("h3", {}, group || t("everywhere")), h("ul", {}, ...items)));
  }
  openDialog(t("keyboard"), list);
}

function grouped(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) || []), entry]);
  return groups;
}

register("?", showKeys, { label: t("showKeys") });
delegate("click", "[data-shows-keys]", showKeys);
