// The explorer's logic, without a browser: node --test

import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../../generator/metazoo/site/explorer/", import.meta.url);
const load = (name) => import(new URL(name, home));
const { decode, shown, standardError, verdict } = await load("data.js");
const { counts, filtered, frontier, sorted, spread } = await load("select.js");
const { fromQuery, initial, toQuery } = await load("state.js");
const { csvCell, toCsv } = await load("csv.js");
const { axisFor, nearest } = await load("axis.js");
const { bestOf } = await load("best.js");
const { colorGroups } = await load("colors.js");
const { permissive, presets } = await load("presets.js");
const { chartSpec } = await load("spec.js");

const { columns, models } = decode({
  count: 4,
  x: "params",
  y: "top1",
  dataset: "ImageNet",
  columns: [
    { key: "name", label: "Model", kind: "text" },
    { key: "family", label: "Family", kind: "text" },
    { key: "params", label: "Params", unit: "M", kind: "number", scale: 1e6, better: "less", decimals: 2, fact: 0 },
    { key: "top1", label: "Top 1", unit: "%", kind: "number", better: "more", decimals: 2, sample: 50000 },
    { key: "license", label: "License", kind: "text" },
    { key: "status", label: "Status", kind: "text" },
  ],
  models: {
    anchor: { words: ["", "b_other"], codes: [0, 0, 0, 1] },
    page: { words: ["a", "b"], codes: [0, 0, 1, 1] },
    verdicts: { words: ["v", "n"], codes: [0, 0, 1, 1] },
  },
  values: {
    name: ["a_small", "a_large", "b_small", "b_unknown"],
    family: { words: ["A", "B"], codes: [0, 0, 1, 1] },
    params: [2e6, 50e6, 3e6, null],
    top1: [70, 80, 69, null],
    license: { words: ["MIT", "", "Apache-2.0"], codes: [0, 0, 1, 2] },
    status: { words: ["verified", "differs", "not measured"], codes: [0, 1, 0, 2] },
  },
});
const [name, , params, top1] = columns;
const names = (found) => found.map((model) => model.name);
// What is chosen is kept in objects without a prototype.
const bare = (values) => Object.assign(Object.create(null), values);
const having = ({ picked, ranges, ...changes }) => ({ ...initial(), picked: bare(picked), ranges: bare(ranges), ...changes });

test("columns of values become models, and the name is the anchor unless told otherwise", () => {
  assert.equal(models[2].values.family, "B");
  assert.equal(models[2].anchor, "b_small");
  assert.equal(models[3].anchor, "b_other");
});

test("every word of a search must be there, and none with a minus", () => {
  assert.deepEqual(names(filtered(models, columns, having({ search: "SMALL" }))), ["a_small", "b_small"]);
  assert.deepEqual(names(filtered(models, columns, having({ search: "small -mit" }))), ["b_small"]);
  assert.equal(filtered(models, columns, having({ search: "-" })).length, 4);
});

test("a range is in the column's unit and leaves out what has no value", () => {
  const state = having({ ranges: { params: [null, 3] } });
  assert.deepEqual(names(filtered(models, columns, state)), ["a_small", "b_small"]);
});

test("a missing value can be picked as unknown", () => {
  const state = having({ picked: { license: ["unknown"] } });
  assert.deepEqual(names(filtered(models, columns, state)), ["b_small"]);
});

test("counts leave the column's own filter out, the commonest value first", () => {
  const state = having({ picked: { family: ["A"], license: ["MIT"] } });
  const rest = filtered(models, columns, state, "family");
  assert.deepEqual([...counts(rest, "family")], [["A", 2]]);
  assert.deepEqual([...counts(models, "license")], [["MIT", 2], ["Apache-2.0", 1], ["unknown", 1]]);
});

test("what has no value stays last both ways", () => {
  assert.deepEqual(names(sorted(models, params, true)), ["a_large", "b_small", "a_small", "b_unknown"]);
  assert.deepEqual(names(sorted(models, params, false)), ["a_small", "b_small", "a_large", "b_unknown"]);
  assert.deepEqual(names(sorted(models, name, true)), ["b_unknown", "b_small", "a_small", "a_large"]);
});

test("the frontier holds what no other beats, whichever end of an axis is the better one", () => {
  assert.deepEqual(names(frontier(models, params, top1)), ["a_small", "a_large"]);
  const faster = { ...params, better: "more" };
  assert.deepEqual(names(frontier(models, faster, top1)), ["a_large"]);
  assert.deepEqual(frontier([], params, top1), []);
});

test("the frontier goes down where less is better, and there is none where nobody knows", () => {
  const wer = { ...top1, better: "less" };
  assert.deepEqual(names(frontier(models, params, wer)), ["a_small", "b_small"]);
  assert.deepEqual(frontier(models, params, { ...top1, better: "" }), []);
  assert.deepEqual(frontier(models, { ...params, better: "" }, top1), []);
});

test("of two models at the same place the frontier takes one", () => {
  assert.equal(frontier([models[0], models[0], models[1]], params, top1).length, 2);
});

test("a histogram counts every value once, at its ends too", () => {
  const { bins, log, low, high } = spread([1, 1000], [1, 10, 1000], 3);
  assert.deepEqual([bins, log, low, high], [[1, 1, 1], true, 1, 1000]);
  assert.deepEqual(spread([5, 5], [5, 5], 2).bins, [2, 0]);
  assert.equal(spread([], []), null);
});

test("a state survives its address", () => {
  const state = having({
    search: "res -net",
    picked: { family: ["A & B", "C"] },
    ranges: { params: [null, 5], top1: [70.5, null] },
    pareto: true,
    sort: "params",
    down: false,
    x: "params",
    y: "top1",
    xscale: "linear",
    color: "status",
    compare: ["a_small", "b_small"],
    side: true,
    columns: ["params"],
  });
  assert.deepEqual(fromQuery(`?${toQuery(state)}`, columns), state);
  assert.equal(toQuery(initial()), "");
});

test("an old or broken address is passed over, and the site's own search words too", () => {
  const query = "?sort=gone&x=name&y=nothing&xscale=cubic&color=params&params.min=abc&q=site-search&h=x";
  assert.deepEqual(fromQuery(query, columns), initial());
  assert.deepEqual(fromQuery("?compare=a&compare=a&compare=b&compare=c&compare=d&compare=e&compare=f", columns).compare, ["a", "b", "c", "d", "e"]);
});

test("a cell that a spreadsheet would run is made text", () => {
  for (const sign of "=+-@\t\r") assert.ok(csvCell(`${sign}1`).replace('"', "").startsWith("'"), sign);
  assert.equal(csvCell('say "hi", now'), '"say ""hi"", now"');
  assert.equal(csvCell(-1), "-1");
});

test("a file has the shown columns in their units, and the standard error beside an accuracy", () => {
  assert.equal(
    toCsv(models.slice(2), [name, params, top1]),
    "Model,Params (M),Top 1 (%),Top 1 standard error\r\nb_small,3,69,0.207\r\nb_unknown,,,\r\n",
  );
});

test("numbers are shown in their unit, small ones with three digits", () => {
  assert.equal(shown(params, 25028904), "25.03");
  assert.equal(shown(params, 1234567890), "1,234.57");
  assert.equal(shown(params, 4120), "0.00412");
  assert.equal(shown(params, null), "–");
});

test("the standard error of 80 % on 50,000 pictures, and none where they aren't known", () => {
  assert.ok(Math.abs(standardError(top1, 80) - 0.17889) < 1e-5);
  assert.equal(standardError(top1, null), null);
  assert.equal(standardError(params, 80), null);
});

test("a number says where it comes from", () => {
  assert.equal(verdict(params, models[0]).letter, "v");
  assert.equal(verdict(params, models[2]).text, "declared, not measured");
  assert.equal(verdict(params, models[3]), null);
  assert.equal(verdict(top1, models[0]), null);
});

test("an axis is logarithmic where values span more than a factor of ten, or as the reader wants", () => {
  assert.deepEqual(axisFor([1, 100], "").ticks, [1, 2, 5, 10, 20, 50, 100]);
  assert.equal(axisFor([70, 80], "").log, false);
  assert.equal(axisFor([70, 80], "log").log, true);
  assert.ok(axisFor([70, 80], "log").ticks.length > 2);
  assert.equal(axisFor([1, 100], "linear").log, false);
  assert.equal(axisFor([0, 100], "log").log, false);
  const { domain } = axisFor([5], "");
  assert.ok(domain[0] < 5 && domain[1] > 5);
  assert.deepEqual(axisFor([], "").ticks, []);
});

test("the nearest dot within reach is found", () => {
  const spots = [{ left: 0, top: 0 }, { left: 10, top: 0 }];
  assert.equal(nearest(spots, 8, 1, 5), spots[1]);
  assert.equal(nearest(spots, 50, 50, 5), null);
});

test("the best of a comparison, what can't be told from it, and none where all are the same", () => {
  assert.deepEqual(bestOf(models, params), ["best", "", "", ""]);
  assert.deepEqual(bestOf(models, top1), ["", "best", "", ""]);
  const close = [80, 79.7, 79].map((value) => ({ values: { top1: value } }));
  assert.deepEqual(bestOf(close, top1), ["best", "level", ""]);
  assert.deepEqual(bestOf([models[0], models[0]], params), ["", ""]);
  assert.deepEqual(bestOf(close, { ...top1, better: "less" }), ["", "", "best"]);
  assert.deepEqual(bestOf(close, { ...top1, better: "" }), ["", "", ""]);
});

test("a group keeps its color when others are filtered out", () => {
  const groups = "aaabbbccddeeffgghhiijk".split("").map((family) => ({ values: { family } }));
  const all = colorGroups(groups, groups, "family");
  assert.deepEqual([...all.keys()].join(""), "abcdefghi");
  const some = groups.filter(({ values: { family } }) => "ck".includes(family));
  const few = colorGroups(groups, some, "family");
  assert.equal(few.get("c"), all.get("c"));
  assert.ok(few.get("k") >= 1 && few.get("k") !== few.get("c"));
});

test("a preset is pressed and released, and leaves other filters alone", () => {
  const [small, verified, license] = presets(columns, models);
  const state = having({ search: "x" });
  for (const preset of [small, verified, license]) {
    preset.toggle(state);
    assert.ok(preset.pressed(state), preset.label);
  }
  assert.deepEqual(state.picked, bare({ status: ["verified"], license: ["Apache-2.0", "MIT"] }));
  assert.deepEqual(state.ranges, bare({ params: [null, 5] }));
  for (const preset of [small, verified, license]) preset.toggle(state);
  assert.deepEqual(state, having({ search: "x" }));
});

test("where there are benchmarks, the chart by throughput is a press away", () => {
  const speed = { ...params, key: "gpu-throughput", label: "GPU", unit: "img/s", title: "Images per second on GPU" };
  const found = presets([...columns, speed, { ...speed, key: "rare", hidden: true }], models);
  const fast = found.filter(({ label }) => label.startsWith("Throughput"));
  assert.deepEqual(fast.map(({ label, title }) => [label, title]), [["Throughput, GPU", speed.title]]);
  const state = having({ xscale: "log" });
  fast[0].toggle(state);
  assert.deepEqual([state.x, state.xscale, fast[0].pressed(state)], ["gpu-throughput", "", true]);
  fast[0].toggle(state);
  assert.deepEqual([state.x, fast[0].pressed(state)], ["", false]);
});

test("licenses that allow everything", () => {
  for (const license of ["MIT", "Apache-2.0", "apache-2.0", "BSD-3-Clause", "CC-BY-4.0"]) assert.ok(permissive(license), license);
  for (const license of ["CC-BY-NC-4.0", "AGPL-3.0", "CC-BY-SA-4.0", "unknown", "MIT-NC"]) assert.ok(!permissive(license), license);
});

test("the chart's grammar holds no expression and no color of its own", () => {
  const look = { dots: ["#1", "#2"], line: "#3", text: "#4", faint: "#5", grid: "#6", ground: "#7", font: "serif", size: 12 };
  const spec = chartSpec({ x: { log: true }, y: { log: false }, xTitle: "x", yTitle: "y", description: "d", width: 9, height: 8, look });
  assert.deepEqual(spec.scales.map(({ type }) => type), ["log", "linear", "ordinal"]);
  const text = JSON.stringify(spec);
  assert.ok(!/"(update|expr|test)":"/.test(text));
  for (const color of text.match(/"#[0-9a-f]+"/g)) assert.ok(JSON.stringify(look).includes(color));
});

test("a column may be called like anything that a model or an object has", () => {
  const keys = ["index", "page", "anchor", "verdicts", "haystack", "values", "constructor", "toString", "__proto__"];
  const number = (key) => ({ key, label: key, kind: "number", better: "more" });
  const all = decode({
    count: 2,
    x: "index",
    y: "page",
    dataset: "",
    columns: [{ key: "name", label: "Model", kind: "text" }, ...keys.map(number)],
    models: { anchor: ["", ""], page: ["p", "q"], verdicts: ["v", "n"] },
    values: Object.fromEntries([["name", ["m", "n"]], ...keys.map((key, at) => [key, [at, null]])]),
  });
  const [first, second] = all.models;
  assert.deepEqual([first.page, first.anchor, first.verdicts, first.index, second.index], ["p", "m", "v", 0, 1]);
  assert.deepEqual(keys.map((key) => first.values[key]), keys.map((_, at) => at));
  for (const column of all.columns.slice(1)) {
    const state = fromQuery(`?${column.key}.max=8&sort=-${column.key}`, all.columns);
    assert.deepEqual(Object.keys(state.ranges), [column.key]);
    assert.deepEqual(names(filtered(all.models, all.columns, state)), ["m"]);
    assert.deepEqual(fromQuery(`?${toQuery(state)}`, all.columns), state);
    assert.equal(initial().ranges[column.key], undefined);
  }
});
