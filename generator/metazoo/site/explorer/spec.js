// The chart in Vega's grammar. Data, domains and ticks come from outside, so that filtering changes
// values and never the chart.

/**
 * @typedef {object} Look  Colors of the page, resolved.
 * @property {string[]} dots   The first is for what has no color of its own.
 * @property {string} line
 * @property {string} text
 * @property {string} faint
 * @property {string} grid
 * @property {string} ground
 * @property {string} font
 * @property {number} size     Of the font, in pixels.
 */

/**
 * @param {object} options
 * @param {{log: boolean}} options.x
 * @param {{log: boolean}} options.y
 * @param {string} options.xTitle
 * @param {string} options.yTitle
 * @param {string} options.description
 * @param {number} options.width   Of the whole picture.
 * @param {number} options.height
 * @param {Look} options.look
 */
export function chartSpec({ x, y, xTitle, yTitle, description, width, height, look }) {
  const place = { x: { scale: "x", field: "x" }, y: { scale: "y", field: "y" } };
  return {
    description,
    width,
    height,
    autosize: { type: "fit", contains: "padding" },
    padding: 2,
    background: null,
    signals: ["xDomain", "yDomain", "xTicks", "yTicks"].map((name) => ({ name, value: name.endsWith("n") ? [1, 2] : [] })),
    data: ["dots", "line", "marked", "near"].map((name) => ({ name, values: [] })),
    scales: [
      { name: "x", type: x.log ? "log" : "linear", domain: { signal: "xDomain" }, range: "width", zero: false, nice: false },
      { name: "y", type: y.log ? "log" : "linear", domain: { signal: "yDomain" }, range: "height", zero: false, nice: false },
      { name: "color", type: "ordinal", domain: look.dots.map((_, index) => index), range: look.dots },
    ],
    axes: [
      { orient: "bottom", scale: "x", values: { signal: "xTicks" }, title: xTitle, labelOverlap: "parity" },
      { orient: "left", scale: "y", values: { signal: "yTicks" }, title: yTitle, labelOverlap: "parity" },
    ].map((axis) => ({ ...axis, format: ",~r", grid: true })),
    config: {
      axis: {
        domain: false,
        ticks: false,
        gridColor: look.grid,
        labelColor: look.faint,
        labelFont: look.font,
        labelFontSize: look.size,
        labelPadding: 6,
        titleColor: look.text,
        titleFont: look.font,
        titleFontSize: look.size,
        titleFontWeight: 400,
        titlePadding: 10,
      },
    },
    marks: [
      {
        type: "symbol",
        from: { data: "dots" },
        interactive: false,
        encode: {
          update: {
            ...place,
            fill: { scale: "color", field: "c" },
            fillOpacity: { value: 0.72 },
            size: { value: 40 },
          },
        },
      },
      {
        type: "line",
        from: { data: "line" },
        interactive: false,
        encode: {
          update: { ...place, interpolate: { value: "step-after" }, stroke: { value: look.line }, strokeWidth: { value: 2 } },
        },
      },
      {
        type: "symbol",
        from: { data: "line" },
        interactive: false,
        encode: {
          update: {
            ...place,
            size: { value: 34 },
            fill: { value: look.line },
            stroke: { value: look.ground },
            strokeWidth: { value: 1 },
          },
        },
      },
      {
        type: "symbol",
        from: { data: "near" },
        interactive: false,
        encode: {
          update: { ...place, size: { value: 170 }, fill: { value: "transparent" }, stroke: { value: look.text }, strokeWidth: { value: 2 } },
        },
      },
      {
        type: "symbol",
        from: { data: "marked" },
        interactive: false,
        encode: { update: { ...place, size: { value: 340 }, fill: { value: look.text }, stroke: { value: look.ground } } },
      },
      {
        type: "text",
        from: { data: "marked" },
        interactive: false,
        encode: {
          update: {
            ...place,
            text: { field: "letter" },
            align: { value: "center" },
            baseline: { value: "middle" },
            fill: { value: look.ground },
            font: { value: look.font },
            fontSize: { value: look.size },
            fontWeight: { value: 700 },
          },
        },
      },
    ],
  };
}
