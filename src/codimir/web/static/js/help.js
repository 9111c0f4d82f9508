// `?` lists every key that does something on this page.
import { make, word } from "./dom.js";
import { openDialog } from "./dialog.js";
import { known, register } from "./keys.js";

const SHOWN = {
  Mod: navigator.platform.startsWith("Mac") ? "⌘" : word("ctrl"),
  Escape: "Esc",
  Enter: "↵",
  ArrowUp: "↑",
  ArrowDown: "↓",
  " ": "Space",
};

/** Draw keys as caps. */
export function caps(keys) {
  return (keys === " " ? [keys] : keys.split(/[ +]/)).map((key) => make("kbd", {}, SHOWN[key] ?? key));
}

function showKeys() {
  const groups = Map.groupBy ? Map.groupBy(known(), ({ group }) => group) : grouped(known());
  const list = make("div", { class: "keys" });
  for (const [group, entries] of groups) {
    const items = entries.map(({ keys, label }) => make("li", {}, label, make("span", {}, ...caps(keys))));
    list.append(make("section", {}, make("h3", {}, group || word("everywhere")), make("ul", {}, ...items)));
  }
  openDialog(word("keyboard"), list);
}

function grouped(entries) {
  const groups = new Map();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) || []), entry]);
  return groups;
}

register("?", showKeys, { label: word("showKeys") });
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-shows-keys]")) showKeys();
});
