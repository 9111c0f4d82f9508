// The few helpers that every behaviour uses.

// While a word is being composed (Japanese, Chinese, Korean, dead keys), Enter and Escape belong to the input method, also
// the press with which it ends (keyCode 229; https://www.w3.org/TR/uievents/#events-compositionevents): no behaviour hears it.
addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing || event.keyCode === 229) event.stopImmediatePropagation();
  },
  { capture: true },
);

/**
 * Listen for an event on whatever matches, now or later.
 *
 * @param {string} type
 * @param {string} selector
 * @param {(event: any, target: PageElement) => unknown} react
 * @param {boolean | AddEventListenerOptions} [options]
 */
export function delegate(type, selector, react, options) {
  document.addEventListener(
    type,
    (event) => {
      const target = event.target instanceof Element ? event.target.closest(selector) : null;
      if (target) react(event, target);
    },
    options,
  );
}

/**
 * Run for each element that matches: those that are there, and those that come with an answer.
 *
 * @param {string} selector
 * @param {(element: PageElement) => unknown} attach
 */
export function mount(selector, attach) {
  const attached = new WeakSet();
  const look = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      if (!attached.has(element)) {
        attached.add(element);
        attach(element);
      }
    }
  };
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.detail.elt));
}

/**
 * Make an element: h("button", {type: "button", class: "item"}, "Text", child).
 *
 * @param {string} name
 * @param {Record<string, any>} [attributes] `onclick` and the like are listened to; false and null are left out
 * @param {...(string | Node | null | undefined)} children
 * @returns {PageElement}
 */
export function h(name, attributes = {}, ...children) {
  const element = /** @type {PageElement} */ (document.createElement(name));
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Return what a selector finds, where the page has it by how it is made; an Error names what is not there.
 *
 * @param {string} selector
 * @param {ParentNode} [root]
 * @returns {PageElement}
 */
export function get(selector, root = document) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`${selector} is not on this page`);
  return found;
}

/**
 * Return what a selector finds around an element, or the element; an Error names what is not there.
 *
 * @param {Element} element
 * @param {string} selector
 * @returns {PageElement}
 */
export function getAround(element, selector) {
  const found = element.closest(selector);
  if (!found) throw new Error(`${selector} is not around this element`);
  return found;
}

/**
 * Return the element that an event happened to, where an element hears it.
 *
 * @param {Event} event
 */
export const targetOf = (event) => /** @type {PageElement} */ (event.target);

/** Return a text as it is compared with what is typed: without case, accents and width. */
export function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * Return a translated text that the page brought along (templates/components/words.html).
 *
 * @param {string} name
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export function t(name, values = {}) {
  const said = words()[name] ?? name;
  return said.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** @type {Record<string, string> | undefined} */
let known;

function words() {
  /** @type {Record<string, string>} */
  const found = known ?? JSON.parse(document.getElementById("words")?.textContent || "{}");
  known = found;
  return found;
}

/** Name the view that is shown: the address without what follows `#`, which names the ticket in the panel. */
export function at() {
  return location.pathname + location.search;
}

/** Return whether an element is drawn. */
export function isShown(element) {
  return element.checkVisibility?.() ?? element.offsetParent !== null;
}

/** Say whether keys that are pressed are being written into something. */
export function isWriting(element) {
  return Boolean(
    element?.closest?.(
      "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]",
    ),
  );
}

/** Place what floats beside its button, inside the window; style is set as a property, which the policy allows. */
export function placeBeside(floating, anchor) {
  floating.style.left = "0"; // or what is right of it would narrow it
  const at = anchor.getBoundingClientRect();
  const size = floating.getBoundingClientRect();
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const below = at.bottom + 4 + size.height <= innerHeight || at.top < size.height;
  const left = rtl ? at.right - size.width : at.left;
  floating.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - size.height - 4)}px`;
  floating.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
}

/** Draw an icon of the sheet of icons that the page draws its own from. */
export function icon(name) {
  const found = name && document.querySelector("svg.icon use")?.closest("svg");
  if (!found) return null;
  const drawn = /** @type {PageElement} */ (found.cloneNode(true));
  for (const said of ["role", "aria-label"]) drawn.removeAttribute(said);
  drawn.setAttribute("class", `icon icon-${name}`);
  drawn.setAttribute("aria-hidden", "true");
  const use = get("use", drawn);
  use.setAttribute("href", (use.getAttribute("href") ?? "").replace(/#.*/, `#${name}`));
  return drawn;
}
