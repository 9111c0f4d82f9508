// A thin bar while there is no connection; reading goes on.
import { h, t } from "./dom.js";

/** @type {PageElement | null} */
let bar = null;
function show() {
  bar?.remove();
  bar = navigator.onLine ? null : h("div", { class: "offline", role: "status" }, t("offline"));
  if (bar) document.body.prepend(bar);
  document.documentElement.classList.toggle("is-offline", Boolean(bar));
}
addEventListener("online", show);
addEventListener("offline", show);
show();
