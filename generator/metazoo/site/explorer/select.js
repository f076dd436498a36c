// Which models a state shows, in which order, and which of them no other beats.

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 * @typedef {import("./state.js").State} State
 */

/**
 * Whether a model fits a search: every word is in it, and none that has a minus before it.
 * @param {Model} model
 * @param {string[]} words  Lower case.
 */
export function fits(model, words) {
  return words.every((word) =>
    word.length > 1 && word.startsWith("-") ? !model.words.includes(word.slice(1)) : model.words.includes(word),
  );
}

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
  const picked = Object.entries(state.picked).filter(([key, values]) => key !== without && values.length);
  const scale = new Map(columns.map((column) => [column.key, column.scale]));
  const ranges = Object.entries(state.ranges)
    .filter(([key]) => key !== without)
    .map(([key, [low, high]]) => {
      const unit = scale.get(key) ?? 1;
      return { key, low: low === null ? -Infinity : low * unit, high: high === null ? Infinity : high * unit };
    });
  return models.filter(
    (model) =>
      picked.every(([key, values]) => values.includes(model[key] || "unknown")) &&
      ranges.every(({ key, low, high }) => model[key] !== null && model[key] >= low && model[key] <= high) &&
      fits(model, words),
  );
}

/**
 * How many models each value of a column would leave.
 * @param {Model[]} models
 * @param {string} key
 * @returns {[string, number][]}  The commonest first.
 */
export function counts(models, key) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const model of models) {
    const value = model[key] || "unknown";
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return [...found].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0], "en"));
}

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
  return [...models].sort((one, other) => {
    const a = one[key];
    const b = other[key];
    const missing = Number(a === null || a === "") - Number(b === null || b === "");
    if (missing) return missing;
    const order = kind === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
    return order * way || one.index - other.index;
  });
}

/**
 * The Pareto frontier: the models that no other beats on both axes.
 * @param {Model[]} models
 * @param {Column} x
 * @param {Column} y
 * @returns {Model[]}  Along the x axis, from its good end.
 */
export function frontier(models, x, y) {
  const wayX = x.better === "more" ? -1 : 1;
  const wayY = y.better === "less" ? -1 : 1;
  const able = models.filter((model) => model[x.key] !== null && model[y.key] !== null);
  able.sort((one, other) => wayX * (one[x.key] - other[x.key]) || wayY * (other[y.key] - one[y.key]));
  /** @type {Model[]} */
  const best = [];
  for (const model of able) {
    const last = best.at(-1);
    if (!last || wayY * (model[y.key] - last[y.key]) > 0) best.push(model);
  }
  return best;
}
