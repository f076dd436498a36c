// What the reader has chosen, and its place in the address, so that a view can be shared.

/**
 * @typedef {object} State
 * @property {string} search
 * @property {Record<string, string[]>} picked                        Chosen values of text columns.
 * @property {Record<string, [number | null, number | null]>} ranges  Limits of number columns, in their units.
 * @property {boolean} pareto           Only the frontier.
 * @property {string} sort              A column; empty for the usual one.
 * @property {boolean} down
 * @property {string} x                 A column; empty for the usual one.
 * @property {string} y
 * @property {"" | "log" | "linear"} xscale  Empty for what fits the values.
 * @property {"" | "log" | "linear"} yscale
 * @property {string} color            The text column that colors the dots; empty for the family.
 * @property {string[]} compare         Names.
 * @property {boolean} side             Whether the comparison is open.
 * @property {string[] | null} columns  Shown columns; null for the usual ones.
 */

export const MOST_COMPARED = 5;

/** @returns {State} */
export function initial() {
  return {
    search: "",
    // Without what every object has: a column may be called "constructor".
    picked: Object.create(null),
    ranges: Object.create(null),
    pareto: false,
    sort: "",
    down: true,
    x: "",
    y: "",
    xscale: "",
    yscale: "",
    color: "",
    compare: [],
    side: false,
    columns: null,
  };
}

/**
 * Read a state from an address. Unknown columns and broken numbers are passed over: the address may
 * be an old one.
 * @param {string} query
 * @param {import("./data.js").Column[]} columns
 * @returns {State}
 */
export function fromQuery(query, columns) {
  const state = initial();
  const given = new URLSearchParams(query);
  const known = new Map(columns.map((column) => [column.key, column]));
  // `q` and `h` belong to the site's search.
  state.search = given.get("find") ?? "";
  state.pareto = given.get("pareto") === "1";
  state.side = given.get("side") === "1";
  const sort = given.get("sort") ?? "";
  const sortKey = sort.replace(/^-/, "");
  if (known.has(sortKey)) {
    state.sort = sortKey;
    state.down = sort.startsWith("-");
  }
  for (const axis of /** @type {const} */ (["x", "y"])) {
    const key = given.get(axis) ?? "";
    if (known.get(key)?.kind === "number") state[axis] = key;
    const scale = given.get(`${axis}scale`);
    if (scale === "log" || scale === "linear") state[`${axis}scale`] = scale;
  }
  const color = given.get("colour") ?? "";
  if (known.get(color)?.kind === "text" && color !== "name") state.color = color;
  state.compare = [...new Set(given.getAll("compare"))].slice(0, MOST_COMPARED);
  const shown = given.get("columns");
  if (shown !== null) state.columns = shown.split(",").filter((key) => known.has(key));
  for (const [key, column] of known) {
    if (column.kind === "text") {
      const values = given.getAll(key);
      if (values.length) state.picked[key] = values;
    } else {
      const low = numberOf(given.get(`${key}.min`));
      const high = numberOf(given.get(`${key}.max`));
      if (low !== null || high !== null) state.ranges[key] = [low, high];
    }
  }
  return state;
}

/**
 * The address of a state: only what differs from the beginning.
 * @param {State} state
 * @returns {string}
 */
export function toQuery(state) {
  const query = new URLSearchParams();
  if (state.search) query.set("find", state.search);
  for (const [key, values] of Object.entries(state.picked)) {
    for (const value of values) query.append(key, value);
  }
  for (const [key, [low, high]] of Object.entries(state.ranges)) {
    if (low !== null) query.set(`${key}.min`, String(low));
    if (high !== null) query.set(`${key}.max`, String(high));
  }
  if (state.pareto) query.set("pareto", "1");
  if (state.sort) query.set("sort", `${state.down ? "-" : ""}${state.sort}`);
  for (const key of /** @type {const} */ (["x", "y", "xscale", "yscale"])) {
    if (state[key]) query.set(key, state[key]);
  }
  // In addresses it was spelled so from the beginning, and readers have shared them.
  if (state.color) query.set("colour", state.color);
  for (const name of state.compare) query.append("compare", name);
  if (state.side) query.set("side", "1");
  if (state.columns) query.set("columns", state.columns.join(","));
  return query.toString();
}

/**
 * A number as a reader or an address writes it.
 * @param {string | null} text
 * @returns {number | null}
 */
export function numberOf(text) {
  if (text === null || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}
