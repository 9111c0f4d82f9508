// What htmx could not do is said in a toast: what happened, and that nothing was lost.
import { t } from "./dom.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:sendError", () => toast(t("noConnection"), { problem: true }));
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status === 401) document.dispatchEvent(new CustomEvent("signedOut"));
  else sayError(xhr.responseText);
});

/** Say what the server answered when it refused something; `html` is components/error.html. */
export function sayError(html) {
  const said = new DOMParser().parseFromString(html, "text/html").querySelector("[data-error-message]");
  toast(said?.textContent.trim() || t("failed"), { problem: true });
}
