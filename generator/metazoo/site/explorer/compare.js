// Up to five models side by side, the best value of each line marked.

import { letter } from "./chart.js";
import { shown, uncertainty } from "./data.js";
import { h } from "./elements.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

/**
 * The models that have the best value of a column; none where all are the same.
 * @param {Model[]} models
 * @param {Column} column
 * @returns {Set<string>}
 */
export function bestOf(models, column) {
  const able = models.filter((model) => model[column.key] !== null);
  if (column.better === "" || able.length < 2) return new Set();
  const values = able.map((model) => model[column.key]);
  const best = column.better === "less" ? Math.min(...values) : Math.max(...values);
  if (values.every((value) => value === best)) return new Set();
  return new Set(able.filter((model) => model[column.key] === best).map((model) => model.name));
}

/**
 * @param {Model[]} models
 * @param {Column[]} columns
 * @param {(model: Model) => string} address
 */
export function compareTable(models, columns, address) {
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "Fact"),
    ...models.map((model, index) =>
      h("th", { scope: "col" }, h("span", { class: "mz-letter" }, letter(index)), " ", h("a", { href: address(model) }, model.name)),
    ),
  );
  const rows = columns
    .filter((column) => column.key !== "name")
    .map((column) => {
      const best = bestOf(models, column);
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, column.label, column.unit ? h("span", { class: "mz-unit" }, ` ${column.unit}`) : null),
        ...models.map((model) => {
          const spread = uncertainty(column, model[column.key]);
          return h(
            "td",
            { class: best.has(model.name) ? "mz-top" : null },
            shown(column, model[column.key]),
            spread === null ? null : h("span", { class: "mz-unit" }, ` ± ${spread.toFixed(2)}`),
            best.has(model.name) ? h("span", { class: "mz-hidden" }, " (best)") : null,
          );
        }),
      );
    });
  return h(
    "div",
    { class: "mz-scroll", role: "region", "aria-label": "Comparison", tabindex: "0" },
    h("table", { class: "mz-table" }, h("thead", {}, head), h("tbody", {}, ...rows)),
  );
}
