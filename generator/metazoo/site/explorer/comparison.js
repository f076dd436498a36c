// Up to five models side by side: the tray that collects them, and the table that compares them.

import { bestOf, letterOf } from "./best.js";
import { fixed, shown, standardError, verdict } from "./data.js";
import { button, h } from "./elements.js";
import { MOST_COMPARED } from "./state.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

/**
 * @param {object} options
 * @param {Column[]} options.columns
 * @param {(model: Model) => string} options.address
 * @param {(model: Model) => void} options.onRemove
 * @param {() => void} options.onClear
 * @param {(open: boolean) => void} options.onSide
 */
export function makeComparison({ columns, address, onRemove, onClear, onSide }) {
  const said = h("span", { class: "mx-chosen" });
  const list = h("ul");
  const open = button("Compare side by side", () => onSide(true), { class: "mx-primary" });
  const tray = h("div", { class: "mx-tray", role: "region", "aria-label": "Models to compare", hidden: true }, said, list, open, button("Clear", onClear));
  const content = h("div", { class: "mz-scroll", role: "region", "aria-label": "Comparison", tabindex: "0" });
  const dialog = h(
    "dialog",
    { class: "mx-dialog", "aria-labelledby": "mx-side" },
    h("div", { class: "mx-line" }, h("h2", { id: "mx-side" }, "Side by side"), button("Close", () => dialog.close())),
    content,
    h("p", { class: "mx-note" }, "Green: the best, where it is known which way is better. ≈: not the best, but by no more than chance may explain (95 %), taking both accuracies as of independent samples. ±: standard error."),
  );
  dialog.addEventListener("close", () => onSide(false));
  // A click beside it.
  dialog.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (event.target === dialog) dialog.close();
  });

  /**
   * @param {Model[]} compared
   * @param {boolean} side  Whether the table is wanted.
   */
  function update(compared, side) {
    tray.hidden = compared.length === 0;
    said.textContent = `Compare (${compared.length} of ${MOST_COMPARED})`;
    open.disabled = compared.length < 2;
    list.replaceChildren(
      ...compared.map((model, index) =>
        h("li", {}, letter(index), h("span", { class: "mx-chip" }, model.name), button("×", () => onRemove(model), { "aria-label": `Remove ${model.name}` })),
      ),
    );
    const wanted = side && compared.length > 1;
    if (wanted) content.replaceChildren(comparisonTable(compared, columns, address));
    if (wanted && !dialog.open) dialog.showModal();
    if (!wanted && dialog.open) dialog.close();
  }

  return { tray, dialog, update };
}

/** @param {number} index */
function letter(index) {
  return h("span", { class: "mx-letter" }, letterOf(index));
}

/**
 * @param {Model[]} models
 * @param {Column[]} columns
 * @param {(model: Model) => string} address
 */
function comparisonTable(models, columns, address) {
  const head = models.map((model, index) =>
    h("th", { scope: "col" }, letter(index), h("a", { href: address(model) }, model.name)),
  );
  const lines = columns
    .filter((column) => column.key !== "name" && models.some((model) => model.values[column.key] !== null && model.values[column.key] !== ""))
    .map((column) => {
      const best = bestOf(models, column);
      return h(
        "tr",
        {},
        h("th", { scope: "row", title: column.title || null }, column.label, " ", h("span", { class: "mz-unit" }, column.unit)),
        ...models.map((model, index) => compared(model, column, best[index])),
      );
    });
  return h(
    "table",
    { class: "mz-table mx-side" },
    h("caption", { class: "mx-unseen" }, "Chosen models side by side"),
    h("thead", {}, h("tr", {}, h("td"), ...head)),
    h("tbody", {}, ...lines),
  );
}

/**
 * @param {Model} model
 * @param {Column} column
 * @param {"best" | "level" | ""} mark
 */
function compared(model, column, mark) {
  const value = model.values[column.key];
  const error = standardError(column, value);
  return h(
    "td",
    { "data-mark": mark || null, title: verdict(column, model)?.text ?? null },
    shown(column, value),
    error === null ? null : h("span", { class: "mx-error" }, ` ±${fixed(error, 2)}`),
    mark === "level" ? h("span", { role: "img", "aria-label": "not told from the best" }, " ≈") : null,
    mark === "best" ? h("span", { class: "mx-unseen" }, " (best)") : null,
  );
}
