// The theme changes at once; the form behind it keeps the choice.
import { on } from "./dom.js";

on("click", "button[name=theme]", (event, button) => {
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const each of document.querySelectorAll("button[name=theme]")) each.setAttribute("aria-pressed", each === button);
  fetch(button.form.action, { method: "POST", body: new URLSearchParams({ theme: button.value }), redirect: "manual" });
});
