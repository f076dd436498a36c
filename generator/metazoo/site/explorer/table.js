// The table: only the rows in view are in the page, however many there are.

import { fixed, named, shown, standardError, verdict } from "./data.js";
import { h } from "./elements.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

/**
 * @typedef {object} View
 * @property {Model[]} models     In their order.
 * @property {Column[]} columns   After the name.
 * @property {string} sort        The column they are sorted by.
 * @property {boolean} down
 * @property {string[]} compare   Names.
 * @property {Set<Model>} best    The frontier.
 */

const SPARE = 10;
const MOST_PRINTED = 1000;
const NAME = "name";
// As wide as most names; a narrow screen sets a room of its own.
const NAME_ROOM = "var(--mx-name-room, var(--mx-name, 24ch))";

/**
 * @param {object} options
 * @param {Model[]} options.models  All of them; they decide how wide columns are.
 * @param {(model: Model) => string} options.address
 * @param {(key: string) => void} options.onSort
 * @param {(model: Model, on: boolean) => void} options.onCompare
 */
export function makeTable({ models: all, address, onSort, onCompare }) {
  const head = h("tr", { "aria-rowindex": "1" });
  const body = h("tbody");
  const widths = h("colgroup");
  const table = h(
    "table",
    { class: "mz-table mx-rows" },
    h("caption", { class: "mx-unseen" }, "Models; a column’s header sorts by it"),
    widths,
    h("thead", {}, head),
    body,
  );
  const element = h("div", { class: "mz-scroll mx-window", role: "region", "aria-label": "Table of models", tabindex: "0" }, table);
  /** @type {View} */
  let view = { models: [], columns: [], sort: "", down: true, compare: [], best: new Set() };
  /** @type {Map<Model, HTMLTableRowElement>} */
  let rows = new Map();
  let window_ = [-1, -1];
  let headed = "";
  let height = 0;
  /** @type {Map<string, [number, number]>} */
  const extents = new Map();

  /**
   * The least and the greatest value of a column.
   * @param {Column} column
   */
  function extent(column) {
    let found = extents.get(column.key);
    if (!found) {
      found = [Infinity, -Infinity];
      for (const { values } of all) {
        const value = values[column.key];
        if (value === null || value === undefined) continue;
        if (value < found[0]) found[0] = value;
        if (value > found[1]) found[1] = value;
      }
      extents.set(column.key, found);
    }
    return found;
  }

  /**
   * Room for a column's longest text, in characters; rows that come and go must not move its borders.
   * @param {Column} column
   */
  function room(column) {
    const header = column.label.length + column.unit.length + 4;
    if (column.kind === "number") {
      const longest = shown(column, extent(column)[1]).length + (column.sample ? 7 : 2);
      return Math.max(header, longest + 1);
    }
    // A few long texts may be cut off; they must not take the room of the other columns.
    const lengths = all.map((model) => model.values[column.key]?.length ?? 0).sort((one, other) => one - other);
    const most = lengths[Math.floor(0.95 * (lengths.length - 1))] ?? 0;
    return Math.min(Math.max(header, most * 0.95 + 6), 24);
  }

  /** @param {Model} model */
  function row(model) {
    const box = h("input", {
      type: "checkbox",
      "aria-label": `Compare ${model.name}`,
      onchange: () => onCompare(model, box.checked),
    });
    return h(
      "tr",
      {},
      h("td", { class: "mx-pick" }, box),
      h(
        "th",
        { scope: "row", title: model.name },
        h("a", { href: address(model) }, model.name),
        h("span", { class: "mx-diamond", title: "On the Pareto frontier", role: "img", "aria-label": "on the Pareto frontier" }, "◆"),
      ),
      ...view.columns.map((column) => cell(column, model)),
    );
  }

  /**
   * @param {Column} column
   * @param {Model} model
   */
  function cell(column, model) {
    const value = model.values[column.key];
    const text = shown(column, value);
    if (column.key === "status") {
      return h("td", {}, h("a", { class: "mx-status", "data-status": value, href: address(model), title: `${value}: how ${model.name} was measured` }, value));
    }
    if (column.kind === "text") return h("td", { title: text.length > 24 ? text : null }, text);
    const origin = verdict(column, model);
    const error = standardError(column, value);
    const element = h("td", { class: "mz-num", "data-verdict": origin?.letter ?? null, title: origin?.text ?? null }, text);
    if (error !== null) {
      element.title = `${text} ± ${fixed(error, 2)} (standard error on ${column.sample.toLocaleString("en")} images)`;
      element.append(h("span", { class: "mx-error" }, ` ±${fixed(error, 2)}`));
    }
    if (column.sample && value !== null) {
      const [low, high] = extent(column);
      element.classList.add("mx-share");
      element.style.setProperty("--mx-share", `${high > low ? (100 * (value - low)) / (high - low) : 100}%`);
    }
    return element;
  }

  /** @param {boolean} whole  All rows at once, for paper. */
  function paint(whole = false) {
    const { models, columns } = view;
    if (!height) height = measured();
    let start = 0;
    let end = Math.min(models.length, MOST_PRINTED);
    if (!whole) {
      start = Math.max(0, Math.floor(element.scrollTop / height) - SPARE);
      end = Math.min(models.length, Math.ceil((element.scrollTop + element.clientHeight) / height) + SPARE);
      // An even start keeps the stripes where they are.
      start -= start % 2;
    }
    if (start === window_[0] && end === window_[1]) return;
    window_ = [start, end];
    const focused = document.activeElement;
    const inside = focused !== null && body.contains(focused);
    /** @type {Map<Model, HTMLTableRowElement>} */
    const kept = new Map();
    for (let place = start; place < end; place += 1) {
      const model = models[place];
      const line = rows.get(model) ?? row(model);
      line.setAttribute("aria-rowindex", String(place + 2));
      kept.set(model, line);
    }
    rows = kept;
    mark();
    body.replaceChildren(
      ...spacer(start, columns.length + 2),
      ...kept.values(),
      ...spacer(whole ? 0 : models.length - end, columns.length + 2),
    );
    if (!inside) return;
    // A row that was moved loses the focus; one that has left the window gives it to the table.
    const target = body.contains(focused) ? focused : element;
    /** @type {HTMLElement} */ (target).focus({ preventScroll: true });
  }

  /**
   * @param {number} count
   * @param {number} width
   */
  function spacer(count, width) {
    if (count <= 0) return [];
    const space = h("td", { colspan: width });
    space.style.height = `${count * height}px`;
    return [h("tr", { class: "mx-space", "aria-hidden": "true" }, space)];
  }

  /** What may change on a row while it stays. */
  function mark() {
    for (const [model, line] of rows) {
      const on = view.compare.includes(model.name);
      line.classList.toggle("mx-on", on);
      line.classList.toggle("mx-best", view.best.has(model));
      const box = line.querySelector("input");
      if (box) box.checked = on;
    }
  }

  /** The height of a row, which depends on the reader's font. */
  function measured() {
    if (!view.models.length) return 0;
    const sample = row(view.models[0]);
    body.replaceChildren(sample);
    return sample.getBoundingClientRect().height || 36;
  }

  function drawHead() {
    const keys = view.columns.map(({ key }) => key).join();
    if (keys !== headed) {
      headed = keys;
      rows = new Map();
      const name = /** @type {Column} */ ({ key: NAME, label: "Model", unit: "", kind: "text", title: "" });
      head.replaceChildren(
        h("th", { scope: "col", class: "mx-pick" }, h("span", { class: "mx-unseen" }, "Compare")),
        ...[name, ...view.columns].map(header),
      );
      const wide = (/** @type {number | string} */ width) => {
        const col = h("col");
        col.style.width = typeof width === "number" ? `${width}ch` : width;
        return col;
      };
      const longest = all.reduce((most, model) => Math.max(most, model.name.length), 0);
      element.style.setProperty("--mx-name", `${Math.min(longest * 0.95 + 4, 34)}ch`);
      const rooms = view.columns.map(room);
      widths.replaceChildren(wide("2.2rem"), wide(NAME_ROOM), ...rooms.map(wide));
      // Without a width of its own a table takes its columns' widths from the rows that are there.
      const sum = rooms.reduce((one, other) => one + other, 0);
      table.style.width = `max(100%, calc(2.2rem + ${NAME_ROOM} + ${sum.toFixed(1)}ch))`;
    }
    for (const th of head.querySelectorAll("[data-key]")) {
      const key = th.getAttribute("data-key");
      if (key === view.sort) th.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      else th.removeAttribute("aria-sort");
    }
  }

  /** @param {Column} column */
  function header(column) {
    const press = h(
      "button",
      { type: "button", onclick: () => onSort(column.key), title: column.title || null, "aria-label": named(column) },
      column.label,
      column.unit ? h("span", { class: "mz-unit" }, column.unit) : null,
    );
    return h("th", { scope: "col", "data-key": column.key, class: column.kind === "number" ? "mz-num" : null }, press);
  }

  /** @param {View} next */
  function update(next) {
    const moved = next.models !== view.models;
    const sorted = next.sort !== view.sort || next.down !== view.down;
    view = next;
    drawHead();
    table.setAttribute("aria-rowcount", String(view.models.length + 1));
    window_ = [-1, -1];
    if (moved && sorted) element.scrollTop = 0;
    paint();
  }

  element.addEventListener("scroll", () => paint(), { passive: true });
  const sized = new ResizeObserver(() => {
    // The browser's zoom or Material's larger font on a wide screen changes the rows.
    const line = body.querySelector("tr:not(.mx-space)");
    const now = line?.getBoundingClientRect().height;
    if (now && Math.abs(now - height) > 0.1) {
      height = now;
      window_ = [-1, -1];
    }
    paint();
  });
  sized.observe(element);

  return {
    element,
    update,
    /** @param {boolean} on */
    print: (on) => {
      window_ = [-1, -1];
      paint(on);
    },
    stop: () => sized.disconnect(),
  };
}
