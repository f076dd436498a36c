// Making elements without a framework. Text always goes in as text.

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes]  Functions become listeners; `false` and null are left out.
 * @param {...(Node | string | null | false)} children
 * @returns {any}
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
 * Draw a part of the page anew without losing the reader's place: what had the focus, has it after.
 * @param {HTMLElement} place
 * @param {() => void} draw  Must make the same controls in the same order.
 */
export function keepingFocus(place, draw) {
  const controls = () => [...place.querySelectorAll("summary, input, select, button, a")];
  const focused = document.activeElement;
  const at = focused && place.contains(focused) ? controls().indexOf(focused) : -1;
  draw();
  const again = at < 0 ? null : controls()[at];
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}
