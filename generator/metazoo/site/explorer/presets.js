// Filters that readers ask for first, each a button that can be pressed and released.

/**
 * @typedef {import("./data.js").Column} Column
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./state.js").State} State
 */

/**
 * @typedef {object} Preset
 * @property {string} label
 * @property {string} title
 * @property {(state: State) => boolean} pressed
 * @property {(state: State) => void} toggle
 */

const SMALL = 5;
const PERMISSIVE = /^(apache-2\.0|apache license 2\.0|mit|mit license|bsd(-.+)?|0bsd|isc|zlib|unlicense|cc0-1\.0|cc-by-4\.0|cc-by-3\.0)$/i;

/**
 * Whether a license lets weights be used for anything, commerce too, with no more than a notice.
 * @param {string} license
 */
export function permissive(license) {
  return PERMISSIVE.test(license.trim());
}

/**
 * The presets that make sense for a zoo.
 * @param {Column[]} columns
 * @param {Model[]} models
 * @returns {Preset[]}
 */
export function presets(columns, models) {
  const found = [];
  if (columns.some(({ key }) => key === "params")) found.push(small());
  if (models.some(({ values }) => values.status === "verified")) {
    found.push(picks("Verified only", "Measured again, and no declared number differs", "status", ["verified"]));
  }
  const licenses = [...new Set(models.map(({ values }) => values.license))].filter((license) => license && permissive(license));
  if (licenses.length) {
    found.push(picks("Permissive license", licenses.sort().join(", "), "license", licenses));
  }
  for (const column of columns) {
    if (column.unit === "img/s" && !column.hidden) found.push(across(column));
  }
  return found;
}

/**
 * The chart by how fast models are on one hardware.
 * @param {Column} column
 * @returns {Preset}
 */
function across(column) {
  const pressed = (/** @type {State} */ state) => state.x === column.key;
  return {
    label: `Throughput, ${column.label}`,
    title: column.title,
    pressed,
    toggle: (state) => {
      state.x = pressed(state) ? "" : column.key;
      state.xscale = "";
    },
  };
}

/** @returns {Preset} */
function small() {
  const pressed = (/** @type {State} */ state) => {
    const range = state.ranges.params;
    return range !== undefined && range[0] === null && range[1] === SMALL;
  };
  return {
    label: `Under ${SMALL} M parameters`,
    title: "",
    pressed,
    toggle: (state) => {
      if (pressed(state)) delete state.ranges.params;
      else state.ranges.params = [null, SMALL];
    },
  };
}

/**
 * @param {string} label
 * @param {string} title
 * @param {string} key
 * @param {string[]} values
 * @returns {Preset}
 */
function picks(label, title, key, values) {
  const pressed = (/** @type {State} */ state) => {
    const picked = state.picked[key] ?? [];
    return picked.length === values.length && values.every((value) => picked.includes(value));
  };
  return {
    label,
    title,
    pressed,
    toggle: (state) => {
      if (pressed(state)) delete state.picked[key];
      else state.picked[key] = [...values];
    },
  };
}
