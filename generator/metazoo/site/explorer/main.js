// The explorer: one state, and everything on the page shows it.

import { makeChart } from "./chart.js";
import { makeComparison } from "./comparison.js";
import { toCsv } from "./csv.js";
import { decode, named } from "./data.js";
import { button, closeMenus, h } from "./elements.js";
import { choiceFilter, columnChooser, rangeFilter } from "./filters.js";
import { presets } from "./presets.js";
import { filtered, frontier, sorted } from "./select.js";
import { MOST_COMPARED, fromQuery, initial, toQuery } from "./state.js";
import { makeTable } from "./table.js";

/**
 * @typedef {import("./data.js").Model} Model
 * @typedef {import("./data.js").Column} Column
 */

const CHART_AFTER = 30;

/**
 * Put the explorer in its place on the page.
 * @param {HTMLElement} place
 * @param {import("./data.js").Raw} raw
 * @param {object} site
 * @param {(page: string, anchor: string) => string} site.card  The address of a model's card.
 * @param {(() => Promise<any>) | null} site.vega  Loads Vega; null where the site has none.
 * @param {HTMLElement | null} site.still          The page's picture of all models.
 * @returns {() => void}  Ends it, and gives back what it holds.
 */
export function start(place, raw, { card, vega, still }) {
  const { columns, models } = decode(raw);
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const byName = new Map(models.map((model) => [model.name, model]));
  const numbers = columns.filter(({ kind }) => kind === "number");
  const usual = columns.filter(({ hidden }) => !hidden).map(({ key }) => key);
  const colorings = ["family", "status", "license"].flatMap((key) => byKey.get(key) ?? []);
  const address = (/** @type {Model} */ model) => card(model.page, model.anchor);
  const total = models.length.toLocaleString("en");
  let state = fromQuery(location.search, columns);
  const ending = new AbortController();

  /** @type {{found: Model[], order: Model[], shownColumns: Column[]}} */
  let now = { found: models, order: models, shownColumns: [] };

  // -- what the page is made of -----------------------------------------------------------------

  const search = h("input", {
    type: "search",
    class: "mx-search",
    placeholder: "Search name, family, license …  (-word excludes)",
    "aria-label": "Search models",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      state.search = search.value;
      later();
    },
  });
  const pareto = button("◆ Pareto only", () => set({ pareto: !state.pareto }), { title: "Only models that no other beats on both axes" });
  const reset = button("Reset", () => {
    state = { ...initial(), compare: state.compare, columns: state.columns };
    changed();
  });
  const around = {
    models,
    state: () => state,
    others: (/** @type {string} */ key) => filtered(models, columns, state, key),
    changed: later,
  };
  const filters = columns
    .filter(({ key }) => key !== "name" && hasValues(models, key))
    .map((column) => ({
      column,
      filter: column.kind === "text" ? choiceFilter(column, around) : rangeFilter(column, around),
    }));
  const shortcuts = presets(columns, models).map((preset) => ({
    preset,
    press: button(
      preset.label,
      () => {
        preset.toggle(state);
        changed();
      },
      { title: preset.title || null },
    ),
  }));
  const chosen = columns.filter(({ key }) => key !== "name");
  const chooser = columnChooser(chosen, usual.filter((key) => key !== "name"), around);
  const count = h("h2", { class: "mx-total", "aria-live": "polite" });
  const download = button("Download CSV", save);
  const copy = navigator.clipboard ? button("Copy link", copyLink) : null;
  const axes = /** @type {const} */ (["y", "x"]).map(axisChoice);
  const coloring = picker("Color", colorings, (key) => set({ color: key === "family" ? "" : key }));
  const caption = h("p", { class: "mx-note" });
  const members = h("ol");
  const membersLabel = h("summary");
  const list = h("details", { class: "mx-members" }, membersLabel, members);
  list.addEventListener("toggle", () => showMembers());

  const chart = makeChart({
    models,
    address,
    onGroup: (group) => {
      const key = state.color || "family";
      const only = state.picked[key]?.length === 1 && state.picked[key][0] === group;
      if (only) delete state.picked[key];
      else state.picked[key] = [group];
      changed();
    },
  });
  const table = makeTable({
    models,
    address,
    onSort: (key) => {
      const column = byKey.get(key);
      const down = key === sorting().key ? !sorting().down : column?.kind === "number" && column.better !== "less";
      set({ sort: key, down });
    },
    onCompare: (model, on) => {
      const others = state.compare.filter((name) => name !== model.name);
      set({ compare: on ? [...others, model.name].slice(0, MOST_COMPARED) : others });
      if (on && others.length >= MOST_COMPARED) count.textContent = `At most ${MOST_COMPARED} models can be compared`;
    },
  });
  const comparison = makeComparison({
    columns,
    address,
    onRemove: (model) => set({ compare: state.compare.filter((name) => name !== model.name) }),
    onClear: () => set({ compare: [] }),
    onSide: (open) => {
      if (open !== state.side) set({ side: open });
    },
  });

  // -- what readers do --------------------------------------------------------------------------

  /** @param {Partial<import("./state.js").State>} changes */
  function set(changes) {
    Object.assign(state, changes);
    changed();
  }

  function changed() {
    const query = toQuery(state);
    // Material keeps the scroll position in the history's state.
    history.replaceState(history.state, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    draw();
  }

  let waiting = 0;
  /** Once for all changes until the next frame: typing must not wait. */
  function later() {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(changed);
  }

  function save() {
    const text = toCsv(now.order, [/** @type {Column} */ (byKey.get("name")), ...now.shownColumns]);
    const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "models.csv" });
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function copyLink() {
    if (!copy) return;
    const done = await navigator.clipboard.writeText(location.href).then(
      () => "Copied",
      () => "Copy it from the address bar",
    );
    copy.textContent = done;
    setTimeout(() => {
      copy.textContent = "Copy link";
    }, 2000);
  }

  function sorting() {
    if (state.sort) return { key: state.sort, down: state.down };
    const y = byKey.get(raw.y);
    // Without results the chart shows a cost, and the models stay in the order of the zoo.
    return y && y.better && y.fact < 0 ? { key: y.key, down: y.better === "more" } : { key: "", down: false };
  }

  // -- showing the state ------------------------------------------------------------------------

  function draw() {
    const x = /** @type {Column} */ (byKey.get(state.x || raw.x));
    const y = /** @type {Column} */ (byKey.get(state.y || raw.y));
    const passed = filtered(models, columns, state);
    const line = frontier(passed, x, y);
    const directed = x.better !== "" && y.better !== "";
    const found = state.pareto && directed ? line : passed;
    const compared = state.compare.flatMap((name) => byName.get(name) ?? []);
    const keys = new Set(state.columns ?? usual);
    const shownColumns = chosen.filter(({ key }) => keys.has(key));
    const { key, down } = sorting();
    now = { found, order: sorted(found, byKey.get(key), down), shownColumns };
    table.update({ models: now.order, columns: shownColumns, sort: key, down, compare: state.compare, best: new Set(line) });
    comparison.update(compared, state.side);
    count.textContent = `${found.length.toLocaleString("en")} of ${total} models`;
    showControls();
    const color = byKey.get(state.color || "family") ?? colorings[0];
    showChart({
      models: found,
      x,
      y,
      xscale: state.xscale,
      yscale: state.yscale,
      color,
      line,
      compared,
      picked: state.picked[color.key] ?? [],
    });
    const able = found.filter((model) => model.values[x.key] !== null && model.values[y.key] !== null).length;
    caption.textContent =
      `${y.label} against ${x.label} for ${able.toLocaleString("en")} of ${total} models` +
      `${able < found.length ? ` (${(found.length - able).toLocaleString("en")} lack one of them)` : ""}.` +
      `${directed ? " The line is the Pareto frontier of the filtered set." : ""}${raw.dataset && y.sample ? ` ${y.title}.` : ""}`;
    list.hidden = pareto.disabled = !directed;
    membersLabel.textContent = `Pareto frontier as a list (${line.length.toLocaleString("en")})`;
    membersOf = line;
    showMembers();
  }

  let charting = 0;
  let drawChart = () => {};
  /**
   * Draw the chart when the table has been painted: whoever types waits for neither.
   * @param {import("./chart.js").Picture} picture
   */
  function showChart(picture) {
    drawChart = () => chart.update(picture);
    clearTimeout(charting);
    charting = setTimeout(drawChart, CHART_AFTER);
  }

  /** @type {Model[]} */
  let membersOf = [];
  function showMembers() {
    const items = list.open ? membersOf.map((model) => h("li", {}, h("a", { href: address(model) }, model.name))) : [];
    members.replaceChildren(...items);
  }

  function showControls() {
    if (search.value !== state.search) search.value = state.search;
    pareto.setAttribute("aria-pressed", String(state.pareto));
    for (const { preset, press } of shortcuts) press.setAttribute("aria-pressed", String(preset.pressed(state)));
    for (const { column, filter } of filters) {
      filter.update();
      const used = column.key in state.picked || column.key in state.ranges;
      filter.element.hidden = !used && column.hidden && !(state.columns ?? []).includes(column.key);
    }
    chooser.update();
    for (const { axis, columnOf, log } of axes) {
      columnOf.value = state[axis] || raw[axis];
      const values = models.map((model) => model.values[columnOf.value]);
      log.disabled = values.some((value) => value !== null && value <= 0);
      log.checked = state[`${axis}scale`] ? state[`${axis}scale`] === "log" : spansDecade(values);
    }
    coloring.select.value = state.color || "family";
  }

  /** @param {"x" | "y"} axis */
  function axisChoice(axis) {
    const { element, select } = picker(`${axis.toUpperCase()} axis`, numbers, (key) =>
      set({ [axis]: key === raw[axis] ? "" : key, [`${axis}scale`]: "" }),
    );
    const log = h("input", {
      type: "checkbox",
      onchange: () => set({ [`${axis}scale`]: log.checked ? "log" : "linear" }),
    });
    const box = h("label", { class: "mx-log" }, log, h("span", {}, "log"), h("span", { class: "mx-unseen" }, ` scale of ${axis}`));
    return { axis, columnOf: select, log, element: h("div", { class: "mx-axis" }, element, box) };
  }

  function print() {
    table.print(true);
  }

  place.replaceChildren(
    h("div", { class: "mx-line mx-first" }, search, pareto, reset),
    h("div", { class: "mx-line", role: "group", "aria-label": "Filters" }, ...filters.map(({ filter }) => filter.element)),
    h("div", { class: "mx-line mx-presets", role: "group", "aria-label": "Presets" }, ...shortcuts.map(({ press }) => press)),
    h(
      "section",
      { class: "mx-panel", "aria-label": "Chart" },
      h("div", { class: "mx-line mx-axes" }, ...axes.map(({ element }) => element), coloring.element),
      chart.element,
      caption,
      list,
    ),
    h("div", { class: "mx-line mx-above" }, count, chooser.element, download, copy),
    table.element,
    comparison.tray,
    comparison.dialog,
  );
  place.hidden = false;
  if (still) chart.hold(still);
  draw();
  place.dataset.table = "ready";

  const { signal } = ending;
  addEventListener("beforeprint", print, { signal });
  addEventListener("afterprint", () => table.print(false), { signal });
  document.addEventListener("click", (event) => closeMenus(place, event.target), { signal });
  const scheme = new MutationObserver(() => chart.redraw());
  scheme.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });

  if (vega) {
    void vega().then((library) => {
      if (signal.aborted) return;
      chart.begin(library);
      // Its first picture may still be waiting.
      clearTimeout(charting);
      drawChart();
      place.dataset.chart = "ready";
    });
  } else {
    place.dataset.chart = "none";
    caption.before(
      h("p", { class: "mx-note" }, "This chart shows all models and ignores the filters, because the site was built without metazoo’s “charts” extra."),
    );
  }

  return () => {
    ending.abort();
    cancelAnimationFrame(waiting);
    clearTimeout(charting);
    scheme.disconnect();
    chart.stop();
    table.stop();
    place.replaceChildren();
  };
}

/**
 * @param {string} label
 * @param {Column[]} columns
 * @param {(key: string) => void} onPick
 */
function picker(label, columns, onPick) {
  const select = h("select", { onchange: () => onPick(select.value) });
  select.append(...columns.map((column) => new Option(named(column), column.key)));
  return { select, element: h("label", {}, h("span", {}, label), select) };
}

/**
 * @param {Model[]} models
 * @param {string} key
 */
function hasValues(models, key) {
  return models.some((model) => model.values[key] !== null && model.values[key] !== undefined && model.values[key] !== "");
}

/** @param {(number | null)[]} values */
function spansDecade(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > 0 && high / low > 10;
}
