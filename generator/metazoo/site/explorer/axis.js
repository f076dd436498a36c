// Where an axis begins and ends, whether it is logarithmic, and what stands along it.

const ROOM = 0.03;

/**
 * @param {number[]} values
 * @param {"" | "log" | "linear"} wanted  Empty for logarithmic where the values span more than a factor of ten.
 * @returns {{log: boolean, domain: [number, number], ticks: number[]}}
 */
export function axisFor(values, wanted) {
  if (!values.length) return { log: false, domain: [0, 1], ticks: [] };
  const low = values.reduce((one, other) => Math.min(one, other));
  const high = values.reduce((one, other) => Math.max(one, other));
  const log = low > 0 && wanted !== "linear" && (wanted === "log" || high / low > 10);
  const place = log ? Math.log10 : (/** @type {number} */ value) => value;
  const back = log ? (/** @type {number} */ value) => 10 ** value : place;
  const room = (place(high) - place(low)) * ROOM || (log ? 0.1 : Math.abs(high) * 0.05 || 1);
  const start = place(low) - room;
  const end = place(high) + room;
  return { log, domain: [back(start), back(end)], ticks: log ? logTicks(start, end) : evenTicks(start, end, 6) };
}

/**
 * 1, 2 and 5 of every power of ten; fewer where they would crowd, others where they would be too few.
 * @param {number} start  Exponents of ten.
 * @param {number} end
 */
function logTicks(start, end) {
  const digits = end - start > 4 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let exponent = Math.floor(start); exponent <= Math.ceil(end); exponent += 1) {
    for (const digit of digits) {
      const tick = Number(`${digit}e${exponent}`);
      if (Math.log10(tick) >= start && Math.log10(tick) <= end) ticks.push(tick);
    }
  }
  return ticks.length > 2 ? ticks : evenTicks(10 ** start, 10 ** end, 6);
}

/**
 * @param {number} start
 * @param {number} end
 * @param {number} count  About so many.
 */
function evenTicks(start, end, count) {
  const rough = (end - start) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough * 0.99) ?? power;
  const ticks = [];
  for (let n = Math.ceil(start / step); n * step <= end; n += 1) ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}

/**
 * The spot nearest to a place, within reach.
 * @template {{left: number, top: number}} Spot
 * @param {Spot[]} spots
 * @param {number} left
 * @param {number} top
 * @param {number} reach
 * @returns {Spot | null}
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
