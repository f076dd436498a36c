// Which value of a comparison is the best, and which can't be told from it.

import { standardError } from "./data.js";

const TWO_SIDED_95 = 1.96;

/**
 * @param {import("./data.js").Model[]} models
 * @param {import("./data.js").Column} column
 * @returns {("best" | "level" | "")[]}  One for each model. `level`: its accuracy is worse than the best
 *   one by no more than chance may explain. Nobody is best where all have the same value, or where nobody
 *   knows which way is better.
 */
export function bestOf(models, column) {
  const values = models.map((model) => model.values[column.key]);
  const known = values.filter((value) => value !== null && value !== undefined);
  if (column.better === "" || known.length < 2) return models.map(() => "");
  const best = column.better === "less" ? Math.min(...known) : Math.max(...known);
  if (known.every((value) => value === best)) return models.map(() => "");
  const error = standardError(column, best);
  return values.map((value) => {
    if (value === best) return "best";
    const own = standardError(column, value);
    if (error === null || own === null) return "";
    return Math.abs(best - value) <= TWO_SIDED_95 * Math.hypot(error, own) ? "level" : "";
  });
}

/**
 * The letter of a compared model.
 * @param {number} index
 */
export function letterOf(index) {
  return String.fromCharCode(65 + index);
}
