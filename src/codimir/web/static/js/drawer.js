// The rail: collapsed to icons by a button, a drawer on phones.
import { setCookie } from "./cookies.js";
import { delegate, t } from "./dom.js";
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
  setCookie("codimir.rail", small ? "small" : "wide");
}

delegate("click", "[data-opens-drawer]", (event) => {
  event.preventDefault();
  setDrawer(true);
});
delegate("click", ".scrim", (event) => {
  event.preventDefault();
  setDrawer(false);
});
delegate("click", "[data-collapses-rail]", collapse);
register("Escape", () => setDrawer(false), { when: () => root.dataset.drawer === "open" });
register("[", collapse, { label: t("collapseRail") });
