// The rail: collapsed to icons by a button, a drawer on phones.
import { on, word } from "./dom.js";
import { register } from "./keys.js";

const root = document.documentElement;

document.querySelector(".rail-sub")?.scrollIntoView({ block: "nearest" });

function setDrawer(open) {
  root.dataset.drawer = open ? "open" : "closed";
  (open ? document.querySelector(".rail a") : document.querySelector("[data-opens-drawer]"))?.focus();
}

function collapse() {
  const small = root.dataset.rail !== "small";
  root.dataset.rail = small ? "small" : "wide";
  document.cookie = `codimir.rail=${small ? "small" : "wide"}; path=/; max-age=31536000; samesite=lax`;
}

on("click", "[data-opens-drawer]", (event) => {
  event.preventDefault();
  setDrawer(true);
});
on("click", ".scrim", (event) => {
  event.preventDefault();
  setDrawer(false);
});
on("click", "[data-collapses-rail]", collapse);
register("Escape", () => setDrawer(false), { when: () => root.dataset.drawer === "open" });
register("[", collapse, { label: word("collapseRail") });
