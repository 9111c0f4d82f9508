// Dialogs. `data-opens="id"` opens the <dialog id>; `data-closes` closes the one around it.
// openDialog(title, content) makes one; <dialog data-opened> is opened when it arrives with an answer of htmx.
import { delegate, h, mount, t } from "./dom.js";

/** Show content in a dialog of its own, which is gone when it is closed. */
export function openDialog(title, content, { wide = false } = {}) {
  const close = h(
    "button",
    { type: "button", class: "icon-button", "data-closes": true, "aria-label": t("close") },
    "✕",
  );
  const head = h("div", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, title), close);
  const dialog = h(
    "dialog",
    { class: wide ? "dialog is-wide" : "dialog", "aria-labelledby": "dialog-title" },
    head,
    h("div", { class: "dialog-body" }, content),
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/** Ask before something that cannot be undone; gives true when it shall be done. */
export function confirmed(question, verb) {
  return new Promise((resolve) => {
    const yes = h("button", { type: "button", class: "button is-danger" }, verb);
    const no = h("button", { type: "button", class: "button", "data-closes": true }, t("cancel"));
    const dialog = openDialog(question, h("div", { class: "cluster" }, yes, no));
    yes.addEventListener("click", () => {
      dialog.returnValue = "yes";
      dialog.close("yes");
    });
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"));
  });
}

delegate("click", "[data-opens]", (event, opener) => {
  const dialog = document.getElementById(opener.dataset.opens ?? "");
  if (!dialog?.showModal) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
});
delegate("click", "[data-closes]", (event, closer) => {
  event.preventDefault();
  closer.closest("dialog")?.close();
});
delegate("click", "dialog", (event, dialog) => {
  if (event.target === dialog && !dialog.hasAttribute("data-stays")) dialog.close();
});
mount("dialog[data-opened]", (dialog) => {
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
});

// hx-confirm asks in a dialog of ours.
document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (
    await confirmed(event.detail.question, event.detail.elt.dataset.confirmVerb || event.detail.elt.textContent.trim())
  )
    event.detail.issueRequest(true);
});
