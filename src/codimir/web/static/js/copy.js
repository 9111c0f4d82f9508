// Buttons that copy: <button data-copies-field="id"> takes the value of the field of that id; the field is chosen either way.
import { on, word } from "./dom.js";
import { say } from "./toast.js";

on("click", "[data-copies-field]", async (event, button) => {
  const field = document.getElementById(button.dataset.copiesField);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say(word("copied"));
  } catch {
    say(word("copyYourself"));
  }
});

// A free colour is chosen by choosing it.
on("input", "input[type=color][data-chooses]", (event, field) => {
  document.getElementById(field.dataset.chooses).checked = true;
});
