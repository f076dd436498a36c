// Search, filters with counts, presets and the choice of columns.

import { h } from "./elements.js";
import { counts } from "./select.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 * @typedef {import("./state.js").State} State
 */

/** Views that readers ask for first. Each sets filters on a fresh state. */
export const PRESETS = [
  { label: "Under 5 M parameters", apply: (/** @type {State} */ s) => void (s.ranges.params = [null, 5]) },
  { label: "Verified only", apply: (/** @type {State} */ s) => void (s.picked.status = ["verified"]) },
  {
    label: "Permissive licence",
    apply: (/** @type {State} */ s) => void (s.picked.license = ["Apache-2.0", "MIT", "BSD-3-Clause", "BSD-2-Clause"]),
  },
];

/**
 * A menu that opens below its button, and closes on Escape and on a click elsewhere.
 * @param {string} label
 * @param {Node} content
 * @param {boolean} active
 */
export function menu(label, content, active) {
  const details = h("details", { class: "mz-menu", name: "mz-menu" }, h("summary", { "data-active": active }, label), content);
  details.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    details.open = false;
    details.querySelector("summary").focus();
  });
  return details;
}

/**
 * @param {Column} column
 * @param {Model[]} rest   The models that all other filters leave.
 * @param {State} state
 * @param {() => void} changed
 */
export function choiceFilter(column, rest, state, changed) {
  const picked = state.picked[column.key] ?? [];
  const found = counts(rest, column.key);
  const all = [...found, .../** @type {[string, number][]} */ (picked.filter((p) => !found.some(([v]) => v === p)).map((p) => [p, 0]))];
  const list = all.map(([value, count]) => {
    const box = h("input", { type: "checkbox", value });
    box.checked = picked.includes(value);
    box.addEventListener("change", () => {
      state.picked[column.key] = box.checked ? [...picked, value] : picked.filter((other) => other !== value);
      changed();
    });
    return h("label", {}, box, ` ${value} `, h("span", { class: "mz-unit" }, String(count)));
  });
  const label = picked.length ? `${column.label}: ${picked.length}` : column.label;
  return menu(label, h("div", { class: "mz-choices", role: "group", "aria-label": column.label }, ...list), picked.length > 0);
}

/**
 * @param {Column} column
 * @param {State} state
 * @param {() => void} changed
 */
export function rangeFilter(column, state, changed) {
  const range = state.ranges[column.key] ?? [null, null];
  const field = (/** @type {0 | 1} */ side, /** @type {string} */ word) => {
    const input = h("input", { type: "number", step: "any", value: range[side] ?? "" });
    input.addEventListener("change", () => {
      const next = /** @type {[number | null, number | null]} */ ([...range]);
      next[side] = input.value === "" ? null : Number(input.value);
      if (next[0] === null && next[1] === null) delete state.ranges[column.key];
      else state.ranges[column.key] = next;
      changed();
    });
    return h("label", {}, `${word} `, input);
  };
  const [low, high] = range;
  const said = [low === null ? "" : `≥ ${low}`, high === null ? "" : `≤ ${high}`].filter(Boolean).join(" ");
  const unit = column.unit ? ` (${column.unit})` : "";
  const content = h("div", { class: "mz-choices", role: "group", "aria-label": column.label + unit }, field(0, "At least"), field(1, "At most"));
  return menu(said ? `${column.label} ${said}` : column.label, content, said !== "");
}

/**
 * @param {Column[]} columns
 * @param {string[]} chosen
 * @param {(keys: string[]) => void} changed
 */
export function columnChooser(columns, chosen, changed) {
  const boxes = columns
    .filter((column) => column.key !== "name")
    .map((column) => {
      const box = h("input", { type: "checkbox" });
      box.checked = chosen.includes(column.key);
      box.addEventListener("change", () => {
        const keys = box.checked ? [...chosen, column.key] : chosen.filter((key) => key !== column.key);
        changed(columns.map((c) => c.key).filter((key) => keys.includes(key)));
      });
      return h("label", {}, box, ` ${column.label} `, h("span", { class: "mz-unit" }, column.unit));
    });
  return menu("Columns", h("div", { class: "mz-choices", role: "group", "aria-label": "Columns" }, ...boxes), false);
}
