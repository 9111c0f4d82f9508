// Short messages at the lower right. toast("Saved"), toast("Moved 3 tickets", {action: "Undo", act}), or with a link {action, href}.
// The server sends one with `HX-Trigger: {"toast": {"text": …, "undo": "/undo/…"}}`.
import { request } from "./api.js";
import { h, t } from "./dom.js";

const STAYS = 10_000;

/**
 * Show a message for ten seconds; a problem stays until it is closed, and stands there once however often it is said.
 *
 * @param {string} text
 * @param {{ action?: string, act?: () => unknown, href?: string, problem?: boolean }} [options]
 */
export function toast(text, { action = "", act = () => undefined, href = "", problem = false } = {}) {
  const message = h(
    "div",
    { class: problem ? "toast is-problem" : "toast", role: problem ? "alert" : "status" },
    h("span", { class: "toast-text" }, text),
  );
  const away = () => message.remove();
  if (href) message.append(h("a", { href }, action));
  else if (action)
    message.append(
      h(
        "button",
        {
          type: "button",
          onclick: () => {
            away();
            act();
          },
        },
        action,
      ),
    );
  message.append(h("button", { type: "button", "aria-label": t("close"), onclick: away }, "✕"));
  const shown = place();
  if (problem)
    [...shown.children]
      .find((other) => other.matches(".is-problem") && other.firstChild?.textContent === text)
      ?.remove();
  shown.append(message);
  let timer = problem ? 0 : setTimeout(away, STAYS);
  message.addEventListener("pointerenter", () => clearTimeout(timer));
  message.addEventListener("pointerleave", () => {
    if (!problem) timer = setTimeout(away, STAYS / 2);
  });
  return away;
}

/** They stand in the dialog that is open: what is outside of it cannot be used. */
function place() {
  const found = document.querySelector(".toasts") ?? h("div", { class: "toasts", "aria-live": "polite" });
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (found.parentElement !== home) home.append(found);
  return found;
}
document.addEventListener(
  "close",
  (event) => {
    const inside = event.target instanceof Element && event.target.querySelector(".toasts");
    if (inside) document.body.append(inside);
  },
  { capture: true },
);

document.addEventListener("toast", (event) => {
  const { text, undo, problem } = event.detail;
  const act = undo
    ? async () => {
        await request(undo.method || "POST", undo.path, undo.body);
        for (const heard of ["undone", "stale"]) document.dispatchEvent(new CustomEvent(heard));
      }
    : undefined;
  toast(text, { problem, action: undo ? t("undo") : "", act });
});
