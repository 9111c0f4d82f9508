// Whoever is signed in no longer stays on the page, with everything that they have written: a toast leads to where one signs
// in, and back. While something is written it does so in another tab, so that it can be sent from this one afterwards.
import { delegate, t } from "./dom.js";
import { toast } from "./toast.js";

const WRITTEN = "#ticket textarea:not([hidden]), #quick input[type=text], #quick textarea";
/** @type {(() => void) | undefined} */
let away;

document.addEventListener("signedOut", () => {
  away?.();
  const href = `/signin?callbackUrl=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
  away = toast(t("signedOut"), { action: t("signIn"), href, problem: true });
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) {
    away?.();
    away = undefined;
  }
});
delegate("click", '.toast a[href^="/signin"]', (_event, link) => {
  const isWritten = [...document.querySelectorAll(WRITTEN)].some((field) => field.value !== field.defaultValue);
  link.target = isWritten ? "_blank" : "";
});
