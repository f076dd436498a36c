// What the reader has chosen, and its place in the address, so that a view can be shared.

/**
 * @typedef {object} State
 * @property {string} search
 * @property {Record<string, string[]>} picked                     Chosen values of text columns.
 * @property {Record<string, [number | null, number | null]>} ranges  Limits of number columns, in their units.
 * @property {boolean} pareto
 * @property {string} sort
 * @property {boolean} down
 * @property {string} x
 * @property {string} y
 * @property {string[]} compare
 * @property {string[] | null} columns                             Shown columns; null for the usual ones.
 */

/** @returns {State} */
export function initial() {
  return {
    search: "",
    picked: {},
    ranges: {},
    pareto: false,
    sort: "",
    down: true,
    x: "",
    y: "",
    compare: [],
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
  const sort = given.get("sort") ?? "";
  if (known.has(sort.replace(/^-/, ""))) {
    state.sort = sort.replace(/^-/, "");
    state.down = sort.startsWith("-");
  }
  for (const axis of /** @type {const} */ (["x", "y"])) {
    const key = given.get(axis) ?? "";
    if (known.get(key)?.kind === "number") state[axis] = key;
  }
  state.compare = given.getAll("compare").slice(0, 5);
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
  if (state.x) query.set("x", state.x);
  if (state.y) query.set("y", state.y);
  for (const name of state.compare) query.append("compare", name);
  if (state.columns) query.set("columns", state.columns.join(","));
  return query.toString();
}

/** @param {string | null} text */
function numberOf(text) {
  if (text === null || text.trim() === "") return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}
