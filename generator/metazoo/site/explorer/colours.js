// Which group of models has which colour: the largest groups one each, all others grey.

import { UNKNOWN } from "./data.js";
import { counts } from "./select.js";

export const COLOURS = 9;
export const OTHER = "Other";

/**
 * The groups to colour. A group keeps the colour it has among all models, however they are filtered;
 * one that is among the largest only of what is shown takes a colour that is free.
 * @param {import("./data.js").Model[]} all
 * @param {import("./data.js").Model[]} found
 * @param {string} key
 * @returns {Map<string, number>}  From a group to its colour, 1 to COLOURS; the largest first.
 */
export function colourGroups(all, found, key) {
  const usual = [...counts(all, key).keys()].slice(0, COLOURS);
  const shown = [...counts(found, key).keys()].slice(0, COLOURS);
  const free = usual.map((_, index) => index + 1).filter((colour) => !shown.includes(usual[colour - 1]));
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
