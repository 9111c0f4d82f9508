// The theme changes at once and is kept at once; without scripts the form around it does both.
import { setCookie } from "./cookies.js";
import { delegate } from "./dom.js";

delegate("click", "button[name=theme]", (event, button) => {
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const each of document.querySelectorAll("button[name=theme]"))
    each.setAttribute("aria-pressed", String(each === button));
  setCookie("codimir.theme", button.value);
});
