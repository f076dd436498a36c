// The table as a file for a spreadsheet.

import { named, standardError } from "./data.js";

/**
 * One value, quoted where it must be. What a spreadsheet would take for a formula is made text.
 * @param {any} value
 */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Models with the columns that are shown; beside an accuracy its standard error.
 * @param {import("./data.js").Model[]} models
 * @param {import("./data.js").Column[]} columns
 */
export function toCsv(models, columns) {
  const head = columns.flatMap((column) => [
    csvCell(named(column)),
    ...(column.sample ? [csvCell(`${column.label} standard error`)] : []),
  ]);
  const lines = models.map((model) =>
    columns
      .flatMap((column) => {
        const value = model.values[column.key];
        const cells = [csvCell(column.kind === "number" && value !== null ? value / column.scale : value)];
        if (column.sample) cells.push(standardError(column, value)?.toFixed(3) ?? "");
        return cells;
      })
      .join(","),
  );
  return `${[head.join(","), ...lines].join("\r\n")}\r\n`;
}
