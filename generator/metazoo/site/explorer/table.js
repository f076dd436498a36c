// The table: only the rows in view are in the page, however many there are.

import { shown, uncertainty } from "./data.js";
import { h } from "./elements.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

const ROW = 37;
const SPARE = 12;

/**
 * @param {object} options
 * @param {(model: Model) => string} options.address
 * @param {(key: string) => void} options.onSort
 * @param {(model: Model, on: boolean) => void} options.onCompare
 */
export function makeTable({ address, onSort, onCompare }) {
  const head = h("tr");
  const body = h("tbody");
  const table = h("table", { class: "mz-table mz-rows" }, h("thead", {}, head), body);
  const scroller = h("div", { class: "mz-scroll mz-window", role: "region", "aria-label": "Models", tabindex: "0" }, table);
  /** @type {{models: Model[], columns: Column[], compare: Set<string>, best: Set<string>}} */
  let view = { models: [], columns: [], compare: new Set(), best: new Set() };
  let first = -1;
  let last = -1;

  /** @param {Model} model */
  function row(model) {
    const box = h("input", {
      type: "checkbox",
      "aria-label": `Compare ${model.name}`,
      onchange: (/** @type {Event} */ event) => onCompare(model, /** @type {HTMLInputElement} */ (event.target).checked),
    });
    box.checked = view.compare.has(model.name);
    const cells = view.columns.map((column) => cell(column, model));
    return h("tr", { "aria-rowindex": String(model.place + 2) }, h("td", {}, box), ...cells);
  }

  /**
   * @param {Column} column
   * @param {Model} model
   */
  function cell(column, model) {
    const value = model[column.key];
    if (column.key === "name") {
      const mark = view.best.has(model.name) ? h("span", { class: "mz-best", title: "On the frontier" }, " ◆") : null;
      return h("th", { scope: "row" }, h("a", { href: address(model) }, value), mark);
    }
    if (column.key === "status") return h("td", {}, h("span", { class: "mz-fact", "data-verdict": value }, value));
    const spread = uncertainty(column, value);
    const note = spread === null ? null : `± ${spread.toFixed(2)} by chance alone (95 %)`;
    return h("td", { class: column.kind === "number" ? "mz-num" : null, title: note }, shown(column, value));
  }

  function paint(force = false) {
    const start = Math.max(0, Math.floor(scroller.scrollTop / ROW) - SPARE);
    const end = Math.min(view.models.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / ROW) + SPARE);
    if (!force && start === first && end === last) return;
    first = start;
    last = end;
    const width = String(view.columns.length + 1);
    const spacer = (/** @type {number} */ rows) =>
      rows > 0 ? h("tr", { class: "mz-spacer", "aria-hidden": "true" }, h("td", { colspan: width, height: String(rows * ROW) })) : null;
    const focused = document.activeElement?.getAttribute("aria-label");
    body.replaceChildren(
      ...[spacer(start), ...view.models.slice(start, end).map(row), spacer(view.models.length - end)].filter(Boolean),
    );
    // Painting replaces the row that a keyboard stands on; put it back there.
    if (focused?.startsWith("Compare ")) {
      for (const box of body.querySelectorAll("input")) {
        if (box.getAttribute("aria-label") === focused) box.focus({ preventScroll: true });
      }
    }
  }

  scroller.addEventListener("scroll", () => paint(), { passive: true });

  /**
   * @param {object} next
   * @param {Model[]} next.models
   * @param {Column[]} next.columns
   * @param {string} next.sort
   * @param {boolean} next.down
   * @param {string[]} next.compare
   * @param {Model[]} next.best
   */
  function update({ models, columns, sort, down, compare, best }) {
    models.forEach((model, place) => {
      model.place = place;
    });
    view = { models, columns, compare: new Set(compare), best: new Set(best.map((model) => model.name)) };
    table.setAttribute("aria-rowcount", String(models.length + 1));
    const focused = head.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
    head.replaceChildren(
      h("th", { scope: "col" }, h("span", { class: "mz-hidden" }, "Compare")),
      ...columns.map((column) =>
        h(
          "th",
          {
            scope: "col",
            class: column.kind === "number" ? "mz-num" : null,
            "aria-sort": column.key === sort ? (down ? "descending" : "ascending") : null,
          },
          h(
            "button",
            { type: "button", "data-key": column.key, onclick: () => onSort(column.key) },
            column.label,
            column.unit ? h("span", { class: "mz-unit" }, ` ${column.unit}`) : null,
          ),
        ),
      ),
    );
    if (focused) head.querySelector(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
    paint(true);
  }

  return { element: scroller, update, paint, toTop: () => scroller.scrollTo({ top: 0 }) };
}
