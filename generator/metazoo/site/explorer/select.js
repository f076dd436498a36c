// Which models a state shows, in which order, and which of them no other beats.

import { UNKNOWN } from "./data.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 * @typedef {import("./state.js").State} State
 */

/**
 * The models that a state lets through.
 * @param {Model[]} models
 * @param {Column[]} columns
 * @param {State} state
 * @param {string} [without]  A column whose own filter is left out, for counting its choices.
 * @returns {Model[]}
 */
export function filtered(models, columns, state, without = "") {
  const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = words.filter((word) => !word.startsWith("-"));
  const unwanted = words.filter((word) => word.startsWith("-") && word.length > 1).map((word) => word.slice(1));
  const picked = Object.entries(state.picked)
    .filter(([key, values]) => key !== without && values.length)
    .map(([key, values]) => /** @type {const} */ ([key, new Set(values)]));
  const scale = new Map(columns.map((column) => [column.key, column.scale]));
  const ranges = Object.entries(state.ranges)
    .filter(([key]) => key !== without)
    .map(([key, [low, high]]) => {
      const unit = scale.get(key) ?? 1;
      return { key, low: low === null ? -Infinity : low * unit, high: high === null ? Infinity : high * unit };
    });
  return models.filter(
    (model) =>
      picked.every(([key, values]) => values.has(model.values[key] || UNKNOWN)) &&
      ranges.every(({ key, low, high }) => model.values[key] !== null && model.values[key] >= low && model.values[key] <= high) &&
      wanted.every((word) => model.haystack.includes(word)) &&
      !unwanted.some((word) => model.haystack.includes(word)),
  );
}

/**
 * How many models have each value of a column.
 * @param {Model[]} models
 * @param {string} key
 * @returns {Map<string, number>}  The commonest first.
 */
export function counts(models, key) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const model of models) {
    const value = model.values[key] || UNKNOWN;
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return new Map([...found].sort((one, other) => other[1] - one[1] || collator.compare(one[0], other[0])));
}

const collator = new Intl.Collator("en", { numeric: true });

/**
 * The models in the order of a column; those without a value last, whichever way the others go.
 * @param {Model[]} models
 * @param {Column | undefined} column
 * @param {boolean} down
 * @returns {Model[]}
 */
export function sorted(models, column, down) {
  if (!column) return models;
  const { key, kind } = column;
  const way = down ? -1 : 1;
  const lacks = (/** @type {Model} */ model) => model.values[key] === null || model.values[key] === "";
  const order = (/** @type {Model} */ one, /** @type {Model} */ other) =>
    kind === "number" ? one.values[key] - other.values[key] : collator.compare(one.values[key], other.values[key]);
  const having = models.filter((model) => !lacks(model));
  having.sort((one, other) => order(one, other) * way || one.index - other.index);
  return [...having, ...models.filter(lacks)];
}

/**
 * The Pareto frontier: the models that no other beats on both axes. There is none unless it is known of
 * both which way is better.
 * @param {Model[]} models
 * @param {Column} x
 * @param {Column} y
 * @returns {Model[]}  Along the x axis, from its good end.
 */
export function frontier(models, x, y) {
  if (x.better === "" || y.better === "") return [];
  const wayX = x.better === "more" ? -1 : 1;
  const wayY = y.better === "less" ? -1 : 1;
  const able = models.filter((model) => model.values[x.key] !== null && model.values[y.key] !== null);
  able.sort((one, other) => wayX * (one.values[x.key] - other.values[x.key]) || wayY * (other.values[y.key] - one.values[y.key]));
  /** @type {Model[]} */
  const best = [];
  for (const model of able) {
    const last = best.at(-1);
    if (!last || wayY * (model.values[y.key] - last.values[y.key]) > 0) best.push(model);
  }
  return best;
}

/**
 * How the values of a number column are spread.
 * @param {number[]} all     Decides the borders.
 * @param {number[]} values  Counted within them.
 * @param {number} [count]   Of bins.
 * @returns {{low: number, high: number, log: boolean, bins: number[]} | null}  Null without values.
 */
export function spread(all, values, count = 24) {
  if (!all.length) return null;
  const low = all.reduce((one, other) => Math.min(one, other));
  const high = all.reduce((one, other) => Math.max(one, other));
  const log = low > 0 && high / low > 50;
  const place = log ? Math.log : (/** @type {number} */ value) => value;
  const width = (place(high) - place(low)) / count || 1;
  const bins = new Array(count).fill(0);
  for (const value of values) bins[Math.min(count - 1, Math.floor((place(value) - place(low)) / width))] += 1;
  return { low, high, log, bins };
}
