import assert from "node:assert/strict";
import { test } from "node:test";

import { Figures } from "../../../static/portal/js/charts/figures.js";
import { formatSeries, isolate, parseSeries } from "../../../static/portal/js/charts/series.js";

const figure = () => ({ data: [{ name: "Spam" }, { name: "Hate &amp; harm" }, {}], layout: {} });
const visible = ({ data }) => data.map((trace) => trace.visible ?? true);

test("the address names the series of each chart", () => {
  const series = new Map([
    ["queue-by-day", "a:b|c"],
    ["idle-time", "Pause"],
  ]);
  assert.equal(formatSeries(series), "queue-by-day:a%3Ab%7Cc|idle-time:Pause");
  assert.deepEqual(parseSeries(formatSeries(series)), series);
  assert.deepEqual(parseSeries(""), new Map());
  assert.deepEqual(parseSeries("nonsense"), new Map());
});

test("one series alone hides the others", () => {
  assert.deepEqual(visible(isolate(figure(), "Hate & harm")), [false, true, false]);
  assert.deepEqual(visible(isolate(figure(), "gone")), [true, true, true]);
  assert.equal(isolate(undefined, "Spam"), undefined);
});

test("figures remember which series is alone", () => {
  const figures = new Figures({ queues: figure(), other: figure() }, "light", []);
  figures.isolateSeries("queues", "Spam");
  assert.deepEqual(visible(figures.get("queues")), [true, false, false]);
  assert.deepEqual(visible(figures.get("other")), [true, true, true]);
  assert.deepEqual(figures.variants, ["queues"]);
  figures.isolateSeries("queues", "");
  assert.deepEqual(figures.variants, []);
});
