// The table as a file for a spreadsheet.

/**
 * One value, quoted where it must be. What a spreadsheet would take for a formula is made text.
 * @param {any} value
 */
export function cell(value) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @param {import("./data.js").Model[]} models
 * @param {import("./data.js").Column[]} columns
 */
export function toCsv(models, columns) {
  const head = columns.map((column) => cell(column.label + (column.unit ? ` (${column.unit})` : "")));
  const lines = models.map((model) =>
    columns
      .map(({ key, kind, scale }) => cell(kind === "number" && model[key] !== null ? model[key] / scale : model[key]))
      .join(","),
  );
  return `${[head.join(","), ...lines].join("\r\n")}\r\n`;
}
