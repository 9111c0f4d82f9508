// A thin bar while there is no connection; reading goes on.
import { make, word } from "./dom.js";

let bar = null;
function show() {
  bar?.remove();
  bar = navigator.onLine ? null : make("div", { class: "offline", role: "status" }, word("offline"));
  if (bar) document.body.prepend(bar);
  document.documentElement.classList.toggle("is-offline", Boolean(bar));
}
addEventListener("online", show);
addEventListener("offline", show);
show();
