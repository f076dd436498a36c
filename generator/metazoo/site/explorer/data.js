// The zoo as the explorer works on it: columns that know their kind, and one object for each model.

/**
 * @typedef {object} Column
 * @property {string} key        Name in the address and in the row.
 * @property {string} label      What the header says.
 * @property {string} unit       Shown small beside the label.
 * @property {"text" | "number"} kind
 * @property {number} scale      What one unit is: 1e6 for millions.
 * @property {"less" | "more" | ""} better
 * @property {number} [decimals]
 * @property {number} [sample]   Pictures of the dataset, for the uncertainty of an accuracy.
 * @property {boolean} [hidden]  Not shown until chosen.
 */

/**
 * @typedef {Record<string, any> & {name: string, family: string, card: string, index: number}} Model
 */

/**
 * @typedef {object} Raw
 * @property {Column[]} columns
 * @property {string[]} keys
 * @property {any[][]} rows
 */

/**
 * Turn rows of values into models.
 * @param {Raw} raw
 * @returns {{columns: Column[], models: Model[]}}
 */
export function decode(raw) {
  const models = raw.rows.map((row, index) => {
    /** @type {Record<string, any>} */
    const model = { index };
    raw.keys.forEach((key, position) => {
      model[key] = row[position];
    });
    model.words = `${model.name} ${model.family} ${model.license ?? ""} ${model.status}`.toLowerCase();
    return /** @type {Model} */ (model);
  });
  return { columns: raw.columns, models };
}

/**
 * A value as the table shows it.
 * @param {Column} column
 * @param {any} value
 */
export function shown(column, value) {
  if (value === null || value === undefined || value === "") return "–";
  if (column.kind === "text") return String(value);
  const number = value / column.scale;
  if (column.decimals !== undefined) {
    return number.toLocaleString("en", {
      minimumFractionDigits: column.decimals,
      maximumFractionDigits: column.decimals,
    });
  }
  return number.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/**
 * Half the 95 % interval of an accuracy, in points: how far chance alone may move it.
 * @param {Column} column
 * @param {number | null} value  A percentage.
 * @returns {number | null}
 */
export function uncertainty(column, value) {
  if (!column.sample || value === null || value === undefined) return null;
  const share = Math.min(Math.max(value / 100, 0), 1);
  return 196 * Math.sqrt((share * (1 - share)) / column.sample);
}
