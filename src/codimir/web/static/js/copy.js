// Buttons that copy: <button data-copies="text">, or <button data-copies-field="id"> for what stands in the field of that id.
// Browsers have a clipboard for scripts in secure contexts only, and a tracker in a local network is often none.
import { delegate, get, h, t } from "./dom.js";
import { toast } from "./toast.js";

/** Copy a text; return whether it could be copied. */
async function copy(text, beside) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = h("textarea", { class: "visually-hidden", readonly: true }, text);
    beside.after(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

delegate("click", "[data-copies-field]", async (_event, button) => {
  const field = get(`#${CSS.escape(button.dataset.copiesField ?? "")}`);
  const done = await copy(field.value, button);
  field.select();
  toast(t(done ? "copied" : "copyYourself"));
});
delegate("click", "[data-copies]", async (_event, button) => {
  const text = button.dataset.copies;
  if (await copy(text, button)) toast(t("copied"));
  else prompt(t("copyThis"), text);
});

// A free colour is chosen by choosing it.
delegate("input", "input[type=color][data-chooses]", (_event, field) => {
  get(`#${CSS.escape(field.dataset.chooses ?? "")}`).checked = true;
});
