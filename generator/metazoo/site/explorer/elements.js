// Making elements without a framework. Text always goes in as text.

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]  Functions become listeners; `false` and null are left out.
 * @param {...(Node | string | null | false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== false));
  return element;
}

/**
 * The same for SVG.
 * @param {string} tag
 * @param {Record<string, any>} attributes
 * @param {...(Node | string)} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {string} label
 * @param {() => void} onclick
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(label, onclick, attributes = {}) {
  return h("button", { type: "button", onclick, ...attributes }, label);
}

/**
 * A menu that opens below its button. It closes on Escape, and when the reader clicks or goes elsewhere.
 * @param {string} label
 * @param {HTMLElement} content
 * @param {() => void} onopen
 */
export function menu(label, content, onopen) {
  const said = h("span", {}, label);
  const chosen = h("b");
  const summary = h("summary", {}, said, chosen);
  const details = h("details", { class: "mx-menu" }, summary, content);
  content.classList.add("mx-pop");
  details.addEventListener("toggle", () => {
    if (!details.open) return;
    onopen();
    keepInside(content);
  });
  details.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  details.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    const next = event.relatedTarget;
    if (next instanceof Node && !details.contains(next)) details.open = false;
  });
  return {
    element: details,
    /** @param {string} text  What is chosen, in a word or two. */
    choose: (text) => {
      chosen.textContent = text;
      details.toggleAttribute("data-active", text !== "");
    },
  };
}

/** @param {HTMLElement} content */
function keepInside(content) {
  content.style.setProperty("--mx-shift", "0px");
  const { right, left } = content.getBoundingClientRect();
  const over = Math.min(right - (document.documentElement.clientWidth - 8), left - 8);
  if (over > 0) content.style.setProperty("--mx-shift", `${-over}px`);
}

/**
 * Close the menus that a click lies outside of.
 * @param {HTMLElement} place
 * @param {EventTarget | null} target
 */
export function closeMenus(place, target) {
  for (const open of place.querySelectorAll("details.mx-menu[open]")) {
    if (!(target instanceof Node && open.contains(target))) open.removeAttribute("open");
  }
}
