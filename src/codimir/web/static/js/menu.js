// Menus are <details class="menu" data-menu> and work without this: it closes them, moves by arrows, finds by typing.
import { delegate, get, getAround, isWriting, mount, plain, targetOf } from "./dom.js";

function itemsOf(menu) {
  return [...menu.querySelectorAll(".item, .popup-search")].filter((item) => item.offsetParent !== null);
}

/**
 * Close every open menu but this one.
 *
 * @param {Element | null} [except]
 */
export function closeMenus(except = null) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!except || !(menu === except || menu.contains(except))) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(targetOf(event).closest?.("details[data-menu]"));
});

mount("details[data-menu]", (menu) => {
  menu.addEventListener("toggle", () => {
    if (menu.open)
      (
        menu.querySelector(".popup-search") ??
        (menu.contains(document.activeElement) ? null : menu.querySelector("summary"))
      )?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      event.preventDefault();
      menu.open = false;
      get("summary", menu).focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      menu.open = true;
      move(menu, event.key === "ArrowDown" ? 1 : -1);
    } else if (menu.open && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.stopPropagation();
      if (!isWriting(event.target) && event.key !== " ") menu.querySelector(".popup-search")?.focus();
    }
  });
});

function move(menu, step) {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
}

delegate("input", ".popup .popup-search:not([hx-get])", (_event, field) => {
  const wanted = plain(field.value.trim());
  for (const item of getAround(field, ".popup").querySelectorAll(".item")) {
    item.hidden = !plain(item.textContent).includes(wanted);
  }
});
