// The explorer: one state, and everything on the page drawn from it.

import { drawChart, letter } from "./chart.js";
import { compareTable } from "./compare.js";
import { PRESETS, choiceFilter, columnChooser, rangeFilter } from "./controls.js";
import { toCsv } from "./csv.js";
import { decode } from "./data.js";
import { h, keepingFocus } from "./elements.js";
import { filtered, frontier, sorted } from "./select.js";
import { fromQuery, initial, toQuery } from "./state.js";
import { makeTable } from "./table.js";

const MOST_COMPARED = 5;

/**
 * Fill the explorer's place on the page.
 * @param {HTMLElement} place
 * @param {import("./data.js").Raw} raw
 * @param {(card: string) => string} resolve  From `models/NAME#ANCHOR` to an address.
 */
export function start(place, raw, resolve) {
  const { columns, models } = decode(raw);
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const byName = new Map(models.map((model) => [model.name, model]));
  const numbers = columns.filter((column) => column.kind === "number");
  const usual = columns.filter((column) => !column.hidden).map((column) => column.key);
  const sizes = new Map();
  for (const model of models) sizes.set(model.family, (sizes.get(model.family) ?? 0) + 1);
  const families = [...sizes].sort((one, other) => other[1] - one[1]).map(([name]) => name);
  const address = (/** @type {any} */ model) => resolve(model.card);
  const defaults = { x: raw.x, y: raw.y };
  let state = fromQuery(location.search, columns);

  const search = h("input", {
    type: "search",
    class: "mz-search",
    placeholder: "Search name, family, licence …  (-word excludes)",
    "aria-label": "Search models",
  });
  const filters = h("div", { class: "mz-bar" });
  const presets = h("div", { class: "mz-bar mz-presets" });
  const axes = h("div", { class: "mz-bar" });
  const controls = h("div", { class: "mz-controls" }, filters, presets, axes);
  const chart = h("div", { class: "mz-canvas" });
  const legend = h("ul", { class: "mz-colours" });
  const caption = h("p", { class: "mz-unit" });
  const best = h("details", { class: "mz-list" });
  const count = h("h2", { id: "models", "aria-live": "polite" });
  const tools = h("div", { class: "mz-bar" });
  const tray = h("div", { class: "mz-tray", hidden: true });
  const dialog = h("dialog", { class: "mz-dialog", "aria-label": "Side-by-side comparison" });
  const table = makeTable({
    address,
    onSort: (key) => {
      const column = byKey.get(key);
      state.down = state.sort === key ? !state.down : column?.kind === "number" && column.better !== "less";
      state.sort = key;
      changed();
    },
    onCompare: (model, on) => {
      const others = state.compare.filter((name) => name !== model.name);
      state.compare = on ? [...others, model.name].slice(0, MOST_COMPARED) : others;
      changed();
    },
  });

  function changed() {
    const query = toQuery(state);
    // Material keeps its own things in the history's state.
    history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    draw();
  }

  function draw() {
    const x = byKey.get(state.x || defaults.x) ?? numbers[0];
    const y = byKey.get(state.y || defaults.y) ?? numbers[1] ?? numbers[0];
    let found = filtered(models, columns, state);
    const line = frontier(found, x, y);
    if (state.pareto) found = line;
    const compared = state.compare.map((name) => byName.get(name)).filter((model) => model !== undefined);
    keepingFocus(controls, drawFilters);
    if (x && y) {
      drawChart(chart, { models: found, x, y, best: line, compared, families, address });
      caption.textContent = `${y.label} against ${x.label} for ${found.length.toLocaleString("en")} of ${models.length.toLocaleString("en")} models. The line is the Pareto frontier of what is shown.`;
      best.replaceChildren(
        h("summary", {}, `The frontier as a list (${line.length})`),
        h("ol", {}, ...line.map((model) => h("li", {}, h("a", { href: address(model) }, model.name)))),
      );
    }
    count.textContent = `${found.length.toLocaleString("en")} of ${models.length.toLocaleString("en")} models`;
    const keys = new Set(["name", ...(state.columns ?? usual)]);
    const shownColumns = columns.filter((column) => keys.has(column.key));
    table.update({
      models: sorted(found, byKey.get(state.sort), state.down),
      columns: shownColumns,
      sort: state.sort,
      down: state.down,
      compare: state.compare,
      best: line,
    });
    keepingFocus(tools, () => drawTools(found, shownColumns));
    keepingFocus(tray, () => drawTray(compared));
  }

  function drawFilters() {
    if (search.value !== state.search) search.value = state.search;
    const open = filters.querySelector("details[open]")?.getAttribute("data-key");
    filters.replaceChildren(
      ...columns
        .filter((column) => column.key !== "name" && (column.kind === "number" ? !column.hidden : true))
        .map((column) => {
          const element =
            column.kind === "number"
              ? rangeFilter(column, state, changed)
              : choiceFilter(column, filtered(models, columns, state, column.key), state, changed);
          element.setAttribute("data-key", column.key);
          // Drawing again must not close the menu that the reader is in.
          if (column.key === open) element.open = true;
          return element;
        }),
    );
    const frontierOnly = h("button", { type: "button", "aria-pressed": String(state.pareto) }, "◆ Frontier only");
    frontierOnly.addEventListener("click", () => {
      state.pareto = !state.pareto;
      changed();
    });
    const reset = h("button", { type: "button" }, "Reset");
    reset.addEventListener("click", () => {
      state = initial();
      changed();
    });
    presets.replaceChildren(
      ...PRESETS.map(({ label, apply }) => {
        const button = h("button", { type: "button" }, label);
        button.addEventListener("click", () => {
          state = initial();
          apply(state);
          changed();
        });
        return button;
      }),
      frontierOnly,
      reset,
    );
    axes.replaceChildren(axis("y", "Y axis", defaults.y), axis("x", "X axis", defaults.x));
  }

  /**
   * @param {"x" | "y"} key
   * @param {string} label
   * @param {string} usualColumn
   */
  function axis(key, label, usualColumn) {
    const select = h("select", {});
    for (const column of numbers) {
      const on = column.key === (state[key] || usualColumn);
      select.append(new Option(column.label + (column.unit ? ` (${column.unit})` : ""), column.key, on, on));
    }
    select.addEventListener("change", () => {
      state[key] = select.value;
      changed();
    });
    return h("label", {}, `${label} `, select);
  }

  /**
   * @param {import("./data.js").Model[]} found
   * @param {import("./data.js").Column[]} shownColumns
   */
  function drawTools(found, shownColumns) {
    const open = tools.querySelector("details[open]") !== null;
    const chooser = columnChooser(columns, state.columns ?? usual, (keys) => {
      state.columns = keys.join() === usual.join() ? null : keys;
      changed();
    });
    chooser.open = open;
    const download = h("button", { type: "button" }, "Download CSV");
    download.addEventListener("click", () => {
      const file = new Blob([toCsv(sorted(found, byKey.get(state.sort), state.down), shownColumns)], { type: "text/csv" });
      const link = h("a", { href: URL.createObjectURL(file), download: "models.csv" });
      link.click();
      URL.revokeObjectURL(link.href);
    });
    tools.replaceChildren(chooser, download);
  }

  /** @param {import("./data.js").Model[]} compared */
  function drawTray(compared) {
    tray.hidden = compared.length === 0;
    const open = h("button", { type: "button", class: "mz-primary" }, "Compare side by side");
    open.disabled = compared.length < 2;
    open.addEventListener("click", () => {
      const close = h("button", { type: "button" }, "Close");
      close.addEventListener("click", () => dialog.close());
      dialog.replaceChildren(
        h("div", { class: "mz-bar" }, h("h2", {}, "Side by side"), close),
        compareTable(compared, columns, address),
      );
      dialog.showModal();
    });
    const clear = h("button", { type: "button" }, "Clear");
    clear.addEventListener("click", () => {
      state.compare = [];
      changed();
    });
    tray.replaceChildren(
      h("span", {}, `Compare ${compared.length} of ${MOST_COMPARED}`),
      ...compared.map((model, index) => {
        const remove = h("button", { type: "button", "aria-label": `Remove ${model.name}` }, `${letter(index)} ${model.name} ×`);
        remove.addEventListener("click", () => {
          state.compare = state.compare.filter((name) => name !== model.name);
          changed();
        });
        return remove;
      }),
      open,
      clear,
    );
  }

  search.addEventListener("input", () => {
    state.search = search.value;
    changed();
  });
  families.slice(0, 9).forEach((name, index) => legend.append(h("li", { "data-colour": String(index + 1) }, name)));
  if (families.length > 9) legend.append(h("li", { "data-colour": "0" }, "Other"));
  place.replaceChildren(
    search,
    controls,
    h("section", { class: "mz-panel", "aria-label": "Chart" }, chart, legend, caption, best),
    h("div", { class: "mz-bar mz-count" }, count, tools),
    table.element,
    tray,
    dialog,
  );
  place.hidden = false;
  draw();
  let width = chart.clientWidth;
  new ResizeObserver(() => {
    if (chart.clientWidth === width) return;
    width = chart.clientWidth;
    draw();
  }).observe(chart);
}
