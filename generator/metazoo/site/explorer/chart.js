// The scatter chart: a Vega view on a canvas, its legend, and the card of the dot under the pointer.

import { axisFor, nearest } from "./axis.js";
import { letterOf } from "./best.js";
import { COLORS, OTHER, colorGroups, groupOf } from "./colors.js";
import { fixed, named, shown, standardError } from "./data.js";
import { button, h } from "./elements.js";
import { chartSpec } from "./spec.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

/**
 * @typedef {object} Picture  What the chart is to show.
 * @property {Model[]} models
 * @property {Column} x
 * @property {Column} y
 * @property {"" | "log" | "linear"} xscale
 * @property {"" | "log" | "linear"} yscale
 * @property {Column} color
 * @property {Model[]} line      The frontier.
 * @property {Model[]} compared
 * @property {string[]} picked   Groups that the reader has picked.
 */

const REACH = 16;
const TALL = 22;
const SHORT = 16.5;
const NARROW = 600;
const FONT = 0.6;

/**
 * @param {object} options
 * @param {Model[]} options.models  All of them.
 * @param {(model: Model) => string} options.address
 * @param {(group: string) => void} options.onGroup  A group of the legend was pressed.
 */
export function makeChart({ models: all, address, onGroup }) {
  const canvas = h("div", { class: "mx-canvas" });
  const tip = h("a", { class: "mx-tip", hidden: true, tabindex: "-1", "aria-hidden": "true" });
  const stage = h("div", { class: "mx-stage" }, canvas, tip);
  const legend = h("ul", { class: "mx-legend" });
  const element = h("div", { class: "mx-chart" }, stage, legend);
  /** @type {any} */
  let vega = null;
  /** @type {any} */
  let view = null;
  /** @type {Picture | null} */
  let picture = null;
  let drawn = "";
  /** @type {{left: number, top: number, model: Model}[]} */
  let spots = [];
  /** @type {Model | null} */
  let near = null;

  /** @param {Picture} next */
  function update(next) {
    picture = next;
    draw();
  }

  function draw() {
    if (!vega || !picture) return;
    const { x, y, color, line, compared, picked } = picture;
    const able = picture.models.filter((model) => model.values[x.key] !== null && model.values[y.key] !== null);
    const across = (/** @type {Model} */ model) => model.values[x.key] / x.scale;
    const upwards = (/** @type {Model} */ model) => model.values[y.key] / y.scale;
    const xAxis = axisFor(able.map(across), picture.xscale);
    const yAxis = axisFor(able.map(upwards), picture.yscale);
    const groups = colorGroups(all, able, color.key);
    const form = [x.key, y.key, xAxis.log, yAxis.log].join();
    if (form !== drawn) {
      close();
      drawn = form;
      view = open(xAxis, yAxis);
    }
    const place = (/** @type {Model} */ model) => ({ x: across(model), y: upwards(model) });
    const has = (/** @type {Model} */ model) => model.values[x.key] !== null && model.values[y.key] !== null;
    // The groups with a color lie above the gray ones.
    const dots = able.map((model) => ({ ...place(model), c: groups.get(groupOf(model, color.key)) ?? 0 }));
    dots.sort((one, other) => Number(one.c > 0) - Number(other.c > 0));
    view
      .signal("xDomain", xAxis.domain)
      .signal("yDomain", yAxis.domain)
      .signal("xTicks", xAxis.ticks)
      .signal("yTicks", yAxis.ticks)
      .data("dots", dots)
      .data("line", line.map(place))
      .data("marked", compared.flatMap((model, index) => (has(model) ? [{ ...place(model), letter: letterOf(index) }] : [])))
      .data("near", [])
      .run();
    point(null);
    const [left, top] = view.origin();
    const [xScale, yScale] = [view.scale("x"), view.scale("y")];
    spots = able.map((model) => ({ model, left: left + xScale(across(model)), top: top + yScale(upwards(model)) }));
    drawLegend(groups, able.some((model) => !groups.has(groupOf(model, color.key))), picked);
  }

  /**
   * @param {ReturnType<typeof axisFor>} xAxis
   * @param {ReturnType<typeof axisFor>} yAxis
   */
  function open(xAxis, yAxis) {
    const { x, y } = /** @type {Picture} */ (picture);
    const spec = chartSpec({
      x: xAxis,
      y: yAxis,
      xTitle: titled(x, "←", "→"),
      yTitle: titled(y, "↓", "↑"),
      description: `${y.label} against ${x.label}; the table below has the numbers`,
      width: width(),
      height: (width() < NARROW ? SHORT : TALL) * rem(),
      look: look(),
    });
    canvas.replaceChildren();
    return new vega.View(vega.parse(spec, null, { ast: true }), {
      expr: vega.expressionInterpreter,
      renderer: "canvas",
      container: canvas,
      hover: false,
    });
  }

  function width() {
    return Math.max(240, stage.clientWidth);
  }

  /** Pixels of the page's unit of length, which Material makes larger on a wide screen. */
  function rem() {
    return parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  function look() {
    const style = getComputedStyle(element);
    const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    return {
      dots: Array.from({ length: COLORS + 1 }, (_, index) => color(`--mx-color-${index}`)),
      line: color("--mx-line"),
      text: color("--mx-text"),
      faint: color("--mz-plain"),
      grid: color("--mx-grid"),
      ground: color("--mx-ground"),
      font: style.fontFamily,
      size: Math.round(FONT * rem()),
    };
  }

  /**
   * @param {Map<string, number>} groups
   * @param {boolean} others  Whether there are models without a color.
   * @param {string[]} picked
   */
  function drawLegend(groups, others, picked) {
    const focused = document.activeElement?.getAttribute("data-group");
    legend.replaceChildren(
      ...[...groups].map(([group, color]) =>
        h(
          "li",
          { "data-color": color },
          button(group, () => onGroup(group), { "data-group": group, "aria-pressed": String(picked.includes(group)), title: `Only ${group}` }),
        ),
      ),
      ...(others ? [h("li", { "data-color": "0" }, h("span", {}, OTHER))] : []),
    );
    if (focused && document.activeElement === document.body) {
      for (const press of legend.querySelectorAll("button")) {
        if (press.getAttribute("data-group") === focused) press.focus({ preventScroll: true });
      }
    }
  }

  /** @param {typeof spots[0] | null} spot */
  function point(spot) {
    const model = spot?.model ?? null;
    if (model === near) return;
    near = model;
    tip.hidden = !spot;
    stage.classList.toggle("mx-over", spot !== null);
    if (view) {
      const { x, y } = /** @type {Picture} */ (picture);
      view.data("near", model ? [{ x: model.values[x.key] / x.scale, y: model.values[y.key] / y.scale }] : []).runAsync();
    }
    if (!spot) return;
    describe(spot.model);
    const box = tip.getBoundingClientRect();
    const left = spot.left + 14 + box.width > stage.clientWidth ? spot.left - 14 - box.width : spot.left + 14;
    const top = spot.top + 14 + box.height > stage.clientHeight ? spot.top - 14 - box.height : spot.top + 14;
    tip.style.left = `${Math.max(0, left)}px`;
    tip.style.top = `${Math.max(0, top)}px`;
  }

  /** @param {Model} model */
  function describe(model) {
    const { x, y } = /** @type {Picture} */ (picture);
    const said = (/** @type {Column} */ column) => {
      const error = standardError(column, model.values[column.key]);
      const unit = column.unit ? ` ${column.unit}` : "";
      return `${shown(column, model.values[column.key])}${unit}${error === null ? "" : ` ± ${fixed(error, 2)}`}`;
    };
    const lines = [
      ["Model", model.name],
      ["Family", model.values.family],
      [y.label, said(y)],
      [x.label, said(x)],
      ["License", model.values.license || "–"],
      ["Status", model.values.status],
    ];
    tip.href = address(model);
    tip.replaceChildren(...lines.flatMap(([label, value]) => [h("span", {}, label), h("span", {}, value)]));
  }

  stage.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!view) return;
    const box = stage.getBoundingClientRect();
    point(nearest(spots, event.clientX - box.left, event.clientY - box.top, REACH));
  });
  stage.addEventListener("pointerleave", () => point(null));
  // A dot is no link, but the card beside it is a real one: the site's own navigation sees the click.
  stage.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (near && event.target !== tip) tip.click();
  });

  let seen = 0;
  const sized = new ResizeObserver(() => {
    if (!view || Math.abs(stage.clientWidth - seen) < 2) return;
    seen = stage.clientWidth;
    redraw();
  });
  sized.observe(stage);

  function close() {
    view?.finalize();
    view = null;
    drawn = "";
    canvas.replaceChildren();
  }

  function redraw() {
    if (!view) return;
    close();
    draw();
  }

  return {
    element,
    update,
    /** Draw anew, in the colors that the page now has. */
    redraw,
    /** @param {Node} still  Shown until there is a chart, and where there will be none. */
    hold: (still) => canvas.replaceChildren(still),
    /** @param {any} library  Vega. */
    begin: (library) => {
      vega = library;
      seen = stage.clientWidth;
      draw();
    },
    stop: () => {
      sized.disconnect();
      close();
    },
  };
}

/**
 * An axis' title, with an arrow to its better end.
 * @param {Column} column
 * @param {string} less
 * @param {string} more
 */
function titled(column, less, more) {
  const arrow = column.better === "less" ? less : column.better === "more" ? more : "";
  return arrow ? `${named(column)}  ${arrow} better` : named(column);
}
