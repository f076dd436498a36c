// The zoo as the explorer works on it: columns that know their kind, and one object for each model.

/**
 * @typedef {object} Column
 * @property {string} key        Name in the address and in a model.
 * @property {string} label      What the header says.
 * @property {string} unit       Shown small beside the label.
 * @property {string} title      What it means.
 * @property {"text" | "number"} kind
 * @property {number} scale      What one unit is: 1e6 for millions.
 * @property {"less" | "more" | ""} better
 * @property {number} decimals
 * @property {number} sample     Images in the dataset, for the standard error of an accuracy; 0 for none.
 * @property {boolean} hidden    Not shown until chosen.
 * @property {number} fact       Its place among the letters of a model's verdicts; -1 for none.
 */

/**
 * @typedef {object} Model
 * @property {number} index     Its place in the zoo.
 * @property {string} name
 * @property {string} page      Its card.
 * @property {string} anchor    Its place on the card.
 * @property {string} verdicts  A letter for each fact.
 * @property {string} haystack  What is searched.
 * @property {Record<string, any>} values  By the key of a column. They have a place of their own: a zoo may
 *   call a metric as it likes.
 */

/**
 * @typedef {object} Raw  As metazoo.cards.explorer writes it.
 * @property {number} count
 * @property {string} x
 * @property {string} y
 * @property {string} dataset
 * @property {Partial<Column>[]} columns
 * @property {Record<"page" | "anchor" | "verdicts", Values>} models
 * @property {Record<string, Values>} values  By the key of a column.
 */

/** @typedef {any[] | {words: string[], codes: number[]}} Values  One for each model. */

/** What a reader sees where a text is missing, and picks to find those models. */
export const UNKNOWN = "unknown";

const DEFAULTS = { unit: "", title: "", scale: 1, better: "", decimals: 0, sample: 0, hidden: false, fact: -1 };
const SEARCHED = ["family", "license", "status", "trained"];

/**
 * Turn columns of values into models.
 * @param {Raw} raw
 * @returns {{columns: Column[], models: Model[]}}
 */
export function decode(raw) {
  const columns = /** @type {Column[]} */ (raw.columns.map((column) => ({ ...DEFAULTS, ...column })));
  const models = Array.from({ length: raw.count }, (_, index) => {
    const values = Object.create(null);
    for (const { key } of columns) values[key] = valueOf(raw.values[key], index);
    const { name } = values;
    return {
      index,
      name,
      page: valueOf(raw.models.page, index),
      anchor: valueOf(raw.models.anchor, index) || name,
      verdicts: valueOf(raw.models.verdicts, index),
      haystack: [name, ...SEARCHED.map((key) => values[key] ?? "")].join(" ").toLowerCase(),
      values,
    };
  });
  return { columns, models };
}

/**
 * @param {Values} values
 * @param {number} index
 */
function valueOf(values, index) {
  return Array.isArray(values) ? values[index] : values.words[values.codes[index]];
}

/** @type {Map<number, Intl.NumberFormat>} */
const formats = new Map();

/**
 * A number with so many digits after its point, thousands apart.
 * @param {number} number
 * @param {number} decimals
 */
export function fixed(number, decimals) {
  let format = formats.get(decimals);
  if (!format) {
    format = new Intl.NumberFormat("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(decimals, format);
  }
  return format.format(number);
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
  // Small ones would read 0.00.
  if (column.decimals && number > 0 && number < 0.1) return String(Number(number.toPrecision(3)));
  return fixed(number, column.decimals);
}

/**
 * A column's name with its unit.
 * @param {Column} column
 */
export function named(column) {
  return column.unit ? `${column.label} (${column.unit})` : column.label;
}

/**
 * The binomial standard error of an accuracy: how far it may lie off because its images are a sample.
 * @param {Column} column
 * @param {number | null | undefined} value  In per cent.
 * @returns {number | null}  In points of per cent; null where the size of the sample isn't known.
 */
export function standardError(column, value) {
  if (!column.sample || value === null || value === undefined) return null;
  const share = Math.min(Math.max(value / 100, 0), 1);
  return 100 * Math.sqrt((share * (1 - share)) / column.sample);
}

/** @type {Record<string, string>} */
const VERDICTS = {
  v: "declared and measured the same",
  d: "measured; the declared number differs",
  u: "measured; nothing is declared",
  n: "declared, not measured",
};

/**
 * Where a number comes from.
 * @param {Column} column
 * @param {Model} model
 * @returns {{letter: string, text: string} | null}  Null for a column without verdicts.
 */
export function verdict(column, model) {
  const letter = column.fact < 0 ? "" : model.verdicts[column.fact];
  if (!letter || model.values[column.key] === null) return null;
  return { letter, text: VERDICTS[letter] };
}
