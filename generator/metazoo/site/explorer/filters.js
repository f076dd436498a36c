// Filters in menus: choices with live counts, ranges with a histogram, and the choice of columns.

import { named, shown } from "./data.js";
import { h, menu, svg } from "./elements.js";
import { counts, spread } from "./select.js";
import { numberOf } from "./state.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 * @typedef {import("./state.js").State} State
 */

/**
 * @typedef {object} Filter
 * @property {HTMLDetailsElement} element
 * @property {() => void} update  Show the state; what is inside only while the menu is open.
 */

/**
 * @typedef {object} Surroundings
 * @property {Model[]} models
 * @property {() => State} state
 * @property {(key: string) => Model[]} others  The models that all filters but a column's let through.
 * @property {() => void} changed
 */

const MANY = 10;
const TYPING = 150;

/**
 * A filter by the values of a text column.
 * @param {Column} column
 * @param {Surroundings} around
 * @returns {Filter}
 */
export function choiceFilter(column, { models, state, others, changed }) {
  const content = h("div", { role: "group", "aria-label": column.label });
  const { element, choose } = menu(column.label, content, open);
  /** @type {Map<string, {box: HTMLInputElement, line: HTMLElement, count: HTMLElement}>} */
  const choices = new Map();

  function open() {
    if (!choices.size) fill();
    update();
  }

  function fill() {
    const all = counts(models, column.key);
    for (const value of all.keys()) {
      const box = h("input", { type: "checkbox", onchange: () => pick(value, box.checked) });
      const count = h("span", { class: "mx-count" });
      choices.set(value, { box, count, line: h("label", {}, box, h("span", {}, value), count) });
    }
    const lines = [...choices.values()].map(({ line }) => line);
    const list = h("div", { class: "mx-choices" }, ...lines);
    if (column.title) content.append(h("p", { class: "mx-note" }, column.title));
    if (all.size > MANY) {
      const find = h("input", { type: "search", placeholder: `Find in ${all.size}`, "aria-label": `Find ${column.label}` });
      find.addEventListener("input", () => {
        const word = find.value.trim().toLowerCase();
        for (const [value, { line }] of choices) line.hidden = !value.toLowerCase().includes(word);
      });
      content.append(find);
    }
    content.append(list);
  }

  /**
   * @param {string} value
   * @param {boolean} on
   */
  function pick(value, on) {
    const rest = (state().picked[column.key] ?? []).filter((other) => other !== value);
    if (on) rest.push(value);
    if (rest.length) state().picked[column.key] = rest;
    else delete state().picked[column.key];
    changed();
  }

  function update() {
    const picked = state().picked[column.key] ?? [];
    choose(picked.length ? String(picked.length) : "");
    if (!element.open) return;
    const now = counts(others(column.key), column.key);
    for (const [value, { box, line, count }] of choices) {
      box.checked = picked.includes(value);
      count.textContent = (now.get(value) ?? 0).toLocaleString("en");
      line.toggleAttribute("data-none", !now.has(value));
    }
  }

  return { element, update };
}

/**
 * A filter by the range of a number column.
 * @param {Column} column
 * @param {Surroundings} around
 * @returns {Filter}
 */
export function rangeFilter(column, { models, state, others, changed }) {
  const content = h("div", { role: "group", "aria-label": named(column) });
  const { element, choose } = menu(column.label, content, open);
  const bars = svg("svg", { class: "mx-bars", viewBox: "0 0 240 40", preserveAspectRatio: "none", "aria-hidden": "true" });
  const ends = h("p", { class: "mx-ends" });
  const note = h("p", { class: "mx-note" });
  const inputs = ["min", "max"].map((word, side) => {
    /** @type {number | undefined} */
    let waiting;
    const input = h("input", { type: "number", step: "any", placeholder: word, "aria-label": `${column.label}, ${word}` });
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => limit(side, input.value), TYPING);
    });
    return input;
  });
  content.append(
    h("p", { class: "mx-note" }, column.title || column.label),
    bars,
    ends,
    h("div", { class: "mx-range" }, inputs[0], "to", inputs[1], h("span", { class: "mz-unit" }, column.unit)),
    note,
  );
  const known = (/** @type {Model[]} */ some) => some.map((model) => model.values[column.key]).filter((value) => value !== null);
  /** @type {number[]} */
  let all = [];

  function open() {
    all = known(models);
    update();
  }

  /**
   * @param {number} side
   * @param {string} text
   */
  function limit(side, text) {
    const range = /** @type {[number | null, number | null]} */ ([...(state().ranges[column.key] ?? [null, null])]);
    range[side] = numberOf(text);
    if (range[0] === null && range[1] === null) delete state().ranges[column.key];
    else state().ranges[column.key] = range;
    changed();
  }

  function update() {
    const [low, high] = state().ranges[column.key] ?? [null, null];
    choose(low !== null && high !== null ? `${low}–${high}` : low !== null ? `≥ ${low}` : high !== null ? `≤ ${high}` : "");
    [low, high].forEach((value, side) => {
      // What the reader is typing stays as it is.
      if (numberOf(inputs[side].value) !== value) inputs[side].value = String(value ?? "");
    });
    if (!element.open) return;
    const rest = others(column.key);
    const values = known(rest);
    const found = spread(all, values);
    const most = found ? Math.max(...found.bins, 1) : 1;
    const marks = found ? found.bins.map((count, bin) => bar(count / most, bin, found.bins.length)) : [];
    bars.replaceChildren(...marks);
    ends.replaceChildren(
      ...(found ? [shown(column, found.low), found.log ? "log scale" : "", shown(column, found.high)] : []).map((text) =>
        h("span", {}, text),
      ),
    );
    note.textContent = values.length < rest.length ? `${(rest.length - values.length).toLocaleString("en")} without a value` : "";
  }

  return { element, update };
}

/**
 * @param {number} share
 * @param {number} bin
 * @param {number} count
 */
function bar(share, bin, count) {
  const width = 240 / count;
  const height = share ? Math.max(1, share * 38) : 0;
  return svg("rect", { x: bin * width + 0.5, y: 40 - height, width: width - 1, height });
}

/**
 * The choice of columns.
 * @param {Column[]} columns
 * @param {string[]} usual  Keys of those shown unless the reader chooses.
 * @param {Surroundings} around
 * @returns {Filter}
 */
export function columnChooser(columns, usual, { state, changed }) {
  const content = h("div", { role: "group", "aria-label": "Columns" });
  const { element, choose } = menu("Columns", content, () => update());
  const boxes = columns.map((column) => {
    const box = h("input", { type: "checkbox", onchange: pick });
    content.append(
      h("label", { title: column.title || null }, box, h("span", {}, column.label), h("span", { class: "mx-count" }, column.unit)),
    );
    return box;
  });

  function pick() {
    const keys = columns.filter((_, index) => boxes[index].checked).map(({ key }) => key);
    state().columns = keys.join() === usual.join() ? null : keys;
    changed();
  }

  function update() {
    const chosen = state().columns;
    choose(chosen ? String(chosen.length) : "");
    columns.forEach(({ key }, index) => {
      boxes[index].checked = (chosen ?? usual).includes(key);
    });
  }

  return { element, update };
}

