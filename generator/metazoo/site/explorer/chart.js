// The scatter chart: one path of dots for each colour, so that ten thousand models draw at once.

import { shown } from "./data.js";
import { h, svg } from "./elements.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

const MARGIN = { left: 58, right: 16, top: 14, bottom: 44 };
const COLOURS = 9;
const NEAR = 18;

/**
 * Where values lie along an axis; logarithmic where they span more than a factor of ten.
 * @param {number[]} values
 * @param {number} from
 * @param {number} to
 */
export function makeScale(values, from, to) {
  const low = values.length ? values.reduce((a, b) => Math.min(a, b)) : 0;
  const high = values.length ? values.reduce((a, b) => Math.max(a, b)) : 1;
  const log = low > 0 && high / low > 10;
  const place = log ? Math.log10 : (/** @type {number} */ value) => value;
  const pad = (place(high) - place(low)) * 0.04 || (log ? 0.1 : Math.abs(high) * 0.05 || 1);
  const start = place(low) - pad;
  const end = place(high) + pad;
  return {
    log,
    /** @param {number} value */
    at: (value) => from + ((place(value) - start) / (end - start)) * (to - from),
    ticks: log ? logTicks(start, end) : evenTicks(start, end),
  };
}

/**
 * @param {number} start  Exponents of ten.
 * @param {number} end
 */
function logTicks(start, end) {
  const ticks = [];
  const digits = end - start > 4 ? [1] : [1, 2, 5];
  for (let exponent = Math.floor(start); exponent <= Math.ceil(end); exponent += 1) {
    for (const digit of digits) {
      const tick = digit * 10 ** exponent;
      if (Math.log10(tick) >= start && Math.log10(tick) <= end) ticks.push(tick);
    }
  }
  return ticks;
}

/**
 * @param {number} start
 * @param {number} end
 */
function evenTicks(start, end) {
  const rough = (end - start) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough) ?? power;
  const ticks = [];
  for (let tick = Math.ceil(start / step) * step; tick <= end; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}

/**
 * Draw the chart.
 * @param {HTMLElement} place      Emptied and filled.
 * @param {object} view
 * @param {Model[]} view.models    What is drawn.
 * @param {Column} view.x
 * @param {Column} view.y
 * @param {Model[]} view.best      The frontier.
 * @param {Model[]} view.compared  Marked with letters.
 * @param {string[]} view.families The families with a colour of their own, the largest first.
 * @param {(model: Model) => string} view.address  Of a model's card.
 */
export function drawChart(place, { models, x, y, best, compared, families, address }) {
  // In the page's own pixels, so that text keeps its size however wide the chart is.
  const width = Math.max(280, place.clientWidth);
  const height = Math.round(Math.min(440, Math.max(260, width * 0.45)));
  const able = models.filter((model) => model[x.key] !== null && model[y.key] !== null);
  const across = makeScale(able.map((m) => m[x.key] / x.scale), MARGIN.left, width - MARGIN.right);
  const upwards = makeScale(able.map((m) => m[y.key] / y.scale), height - MARGIN.bottom, MARGIN.top);
  /** @param {Model} model */
  const spot = (model) => ({ left: across.at(model[x.key] / x.scale), top: upwards.at(model[y.key] / y.scale) });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": describe(able, x, y) });
  picture.append(axes(across, upwards, x, y, width, height));
  const colour = new Map(families.slice(0, COLOURS).map((name, index) => [name, index + 1]));
  /** @type {Map<number, string[]>} */
  const dots = new Map();
  const spots = able.map((model) => {
    const { left, top } = spot(model);
    const key = colour.get(model.family) ?? 0;
    const path = dots.get(key) ?? [];
    path.push(`M${left.toFixed(1)} ${top.toFixed(1)}h0`);
    dots.set(key, path);
    return { model, left, top };
  });
  for (const [key, path] of [...dots].sort((one, other) => one[0] - other[0])) {
    picture.append(svg("path", { class: "mz-dots", "data-colour": key, d: path.join("") }));
  }
  if (best.length > 1) {
    const line = best.map((model, index) => {
      const { left, top } = spot(model);
      return index ? `H${left.toFixed(1)}V${top.toFixed(1)}` : `M${left.toFixed(1)} ${top.toFixed(1)}`;
    });
    picture.append(svg("path", { class: "mz-frontier", d: line.join("") }));
  }
  compared.forEach((model, index) => {
    if (model[x.key] === null || model[y.key] === null) return;
    const { left, top } = spot(model);
    picture.append(
      svg("circle", { class: "mz-marked", cx: left, cy: top, r: 10 }),
      svg("text", { class: "mz-mark", x: left, y: top + 4, "text-anchor": "middle" }, letter(index)),
    );
  });
  const ring = svg("circle", { class: "mz-ring", r: 8, visibility: "hidden" });
  picture.append(ring);
  const tip = h("a", { class: "mz-point", hidden: true, tabindex: "-1" });
  place.replaceChildren(picture, tip);
  picture.addEventListener("pointermove", (event) => {
    const pointer = /** @type {PointerEvent} */ (event);
    const box = picture.getBoundingClientRect();
    const near = nearest(spots, pointer.clientX - box.left, pointer.clientY - box.top, NEAR);
    ring.setAttribute("visibility", near ? "visible" : "hidden");
    tip.hidden = !near;
    if (!near) return;
    ring.setAttribute("cx", String(near.left));
    ring.setAttribute("cy", String(near.top));
    tip.href = address(near.model);
    tip.textContent = `${near.model.name}\n${shown(y, near.model[y.key])} ${y.unit} ${y.label}, ${shown(x, near.model[x.key])} ${x.unit} ${x.label}`;
    tip.style.left = `${Math.min(near.left + 12, width - 180)}px`;
    tip.style.top = `${near.top + 12}px`;
  });
  // The dot itself is no link, but the tip beside it is a real one: clicking the dot follows it.
  picture.addEventListener("click", () => {
    if (!tip.hidden) tip.click();
  });
}

/** @param {number} index */
export function letter(index) {
  return String.fromCharCode(65 + index);
}

/**
 * @param {{model: Model, left: number, top: number}[]} spots
 * @param {number} left
 * @param {number} top
 * @param {number} reach
 */
export function nearest(spots, left, top, reach) {
  let found = null;
  let least = reach * reach;
  for (const spot of spots) {
    const distance = (spot.left - left) ** 2 + (spot.top - top) ** 2;
    if (distance <= least) {
      least = distance;
      found = spot;
    }
  }
  return found;
}

/**
 * @param {Model[]} models
 * @param {Column} x
 * @param {Column} y
 */
function describe(models, x, y) {
  return `${y.label} against ${x.label} of ${models.length} models; the table below has the numbers`;
}

/**
 * @param {ReturnType<typeof makeScale>} across
 * @param {ReturnType<typeof makeScale>} upwards
 * @param {Column} x
 * @param {Column} y
 * @param {number} width
 * @param {number} height
 */
function axes(across, upwards, x, y, width, height) {
  const group = svg("g", { class: "mz-axis" });
  const bottom = height - MARGIN.bottom;
  for (const tick of upwards.ticks) {
    const top = upwards.at(tick);
    group.append(
      svg("path", { d: `M${MARGIN.left} ${top}H${width - MARGIN.right}` }),
      svg("text", { x: MARGIN.left - 8, y: top + 4, "text-anchor": "end" }, tick.toLocaleString("en")),
    );
  }
  for (const tick of across.ticks) {
    const left = across.at(tick);
    group.append(
      svg("path", { d: `M${left} ${MARGIN.top}V${bottom}` }),
      svg("text", { x: left, y: bottom + 18, "text-anchor": "middle" }, tick.toLocaleString("en")),
    );
  }
  const unit = (/** @type {Column} */ column) => (column.unit ? ` (${column.unit})` : "");
  const middle = (MARGIN.top + bottom) / 2;
  group.append(
    svg("text", { x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 6, "text-anchor": "middle" }, x.label + unit(x)),
    svg("text", { transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle" }, y.label + unit(y)),
  );
  return group;
}
