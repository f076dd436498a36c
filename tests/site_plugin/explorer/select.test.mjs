// The explorer's logic, without a browser: node --test

import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../../generator/metazoo/site/explorer/", import.meta.url);
const load = (name) => import(new URL(name, home));
const { decode, shown, uncertainty } = await load("data.js");
const { counts, filtered, frontier, sorted } = await load("select.js");
const { fromQuery, initial, toQuery } = await load("state.js");
const { cell, toCsv } = await load("csv.js");
const { makeScale, nearest } = await load("chart.js");
const { bestOf } = await load("compare.js");

const text = (key) => ({ key, label: key, unit: "", kind: "text", scale: 1, better: "" });
const { columns, models } = decode({
  columns: [
    text("name"),
    text("family"),
    { key: "params", label: "Params", unit: "M", kind: "number", scale: 1e6, better: "less", decimals: 2 },
    { key: "top1", label: "Top 1", unit: "%", kind: "number", scale: 1, better: "more", decimals: 2, sample: 50000 },
    text("license"),
    text("status"),
  ],
  keys: ["name", "family", "params", "top1", "license", "status", "card"],
  rows: [
    ["a_small", "A", 2e6, 70, "MIT", "verified", "models/a#a_small"],
    ["a_large", "A", 50e6, 80, "MIT", "differs", "models/a#a_large"],
    ["b_small", "B", 3e6, 69, null, "verified", "models/b#b_small"],
    ["b_unknown", "B", null, null, "Apache-2.0", "not measured", "models/b#b_unknown"],
  ],
});
const [, , params, top1] = columns;
const names = (found) => found.map((model) => model.name);
const having = (changes) => ({ ...initial(), ...changes });

test("every word of a search must be there, and none with a minus", () => {
  assert.deepEqual(names(filtered(models, columns, having({ search: "SMALL" }))), ["a_small", "b_small"]);
  assert.deepEqual(names(filtered(models, columns, having({ search: "small -mit" }))), ["b_small"]);
});

test("a range is in the column's unit and leaves out what has no value", () => {
  const state = having({ ranges: { params: [null, 3] } });
  assert.deepEqual(names(filtered(models, columns, state)), ["a_small", "b_small"]);
});

test("a missing value can be picked as unknown", () => {
  const state = having({ picked: { license: ["unknown"] } });
  assert.deepEqual(names(filtered(models, columns, state)), ["b_small"]);
});

test("counts leave the column's own filter out", () => {
  const state = having({ picked: { family: ["A"], license: ["MIT"] } });
  const rest = filtered(models, columns, state, "family");
  assert.deepEqual(counts(rest, "family"), [["A", 2]]);
  assert.deepEqual(counts(models, "license"), [["MIT", 2], ["Apache-2.0", 1], ["unknown", 1]]);
});

test("what has no value stays last both ways", () => {
  assert.deepEqual(names(sorted(models, params, true)), ["a_large", "b_small", "a_small", "b_unknown"]);
  assert.deepEqual(names(sorted(models, params, false)), ["a_small", "b_small", "a_large", "b_unknown"]);
});

test("the frontier holds what no other beats", () => {
  assert.deepEqual(names(frontier(models, params, top1)), ["a_small", "a_large"]);
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
    compare: ["a_small", "b_small"],
    columns: ["params"],
  });
  assert.deepEqual(fromQuery(`?${toQuery(state)}`, columns), state);
  assert.equal(toQuery(initial()), "");
});

test("an old or broken address is passed over", () => {
  assert.deepEqual(fromQuery("?sort=gone&x=name&params.min=abc&q=site-search&h=x", columns), initial());
});

test("a cell that a spreadsheet would run is made text", () => {
  assert.equal(cell("=1+1"), "'=1+1");
  assert.equal(cell('say "hi", now'), '"say ""hi"", now"');
  assert.equal(cell(-1), "-1");
  assert.equal(toCsv(models.slice(0, 1), [columns[0], params]), "name,Params (M)\r\na_small,2\r\n");
});

test("numbers are shown in their unit", () => {
  assert.equal(shown(params, 25028904), "25.03");
  assert.equal(shown(params, null), "–");
});

test("the uncertainty of 80 % on 50,000 pictures", () => {
  assert.ok(Math.abs(uncertainty(top1, 80) - 0.3506) < 0.001);
  assert.equal(uncertainty(params, 80), null);
});

test("an axis is logarithmic where values span more than a factor of ten", () => {
  assert.deepEqual(makeScale([1, 100], 0, 100).ticks, [1, 2, 5, 10, 20, 50, 100]);
  assert.equal(makeScale([70, 80], 0, 100).log, false);
  assert.ok(makeScale([], 0, 100).ticks.length > 0);
});

test("the nearest dot within reach is found", () => {
  const spots = [{ left: 0, top: 0 }, { left: 10, top: 0 }];
  assert.equal(nearest(spots, 8, 1, 5), spots[1]);
  assert.equal(nearest(spots, 50, 50, 5), null);
});

test("the best of a comparison, and none where all are the same", () => {
  assert.deepEqual([...bestOf(models, params)], ["a_small"]);
  assert.deepEqual([...bestOf(models, top1)], ["a_large"]);
  assert.equal(bestOf([models[0], models[0]], params).size, 0);
});
