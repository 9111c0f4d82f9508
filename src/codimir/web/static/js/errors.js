// What htmx could not do is said in a toast: what happened, and that nothing was lost.
import { word } from "./dom.js";
import { say } from "./toast.js";

document.addEventListener("htmx:sendError", () => say(word("noConnection"), { problem: true }));
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status === 401) document.dispatchEvent(new CustomEvent("signedOut"));
  else sayError(xhr.responseText);
});

/** Say what the server answered when it refused something; `html` is components/error.html. */
export function sayError(html) {
  const said = new DOMParser().parseFromString(html, "text/html").querySelector("[data-error-message]");
  say(said?.textContent.trim() || word("failed"), { problem: true });
}
