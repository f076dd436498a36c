// Which group of models has which color: the largest groups one each, all others gray.

import { UNKNOWN } from "./data.js";
import { counts } from "./select.js";

export const COLORS = 9;
export const OTHER = "Other";

/**
 * The groups to color. A group keeps the color it has among all models, however they are filtered;
 * one that is among the largest only of what is shown takes a color that is free.
 * @param {import("./data.js").Model[]} all
 * @param {import("./data.js").Model[]} found
 * @param {string} key
 * @returns {Map<string, number>}  From a group to its color, 1 to COLORS; the largest first.
 */
export function colorGroups(all, found, key) {
  const usual = [...counts(all, key).keys()].slice(0, COLORS);
  const shown = [...counts(found, key).keys()].slice(0, COLORS);
  const free = usual.map((_, index) => index + 1).filter((color) => !shown.includes(usual[color - 1]));
  return new Map(
    shown.map((group) => {
      const place = usual.indexOf(group);
      return [group, place < 0 ? /** @type {number} */ (free.shift()) : place + 1];
    }),
  );
}

/**
 * @param {import("./data.js").Model} model
 * @param {string} key
 */
export function groupOf(model, key) {
  return model.values[key] || UNKNOWN;
}
