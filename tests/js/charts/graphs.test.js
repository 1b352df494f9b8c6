import assert from "node:assert/strict";
import { test } from "node:test";

import { drawAllFirst } from "../../../static/portal/js/charts/graphs.js";

/** What happened while charts at these heights of a window of 900 were drawn, and while that began. */
async function drawn(tops, { isInputPending }) {
  const happened = [];
  const places = tops.map((top, index) => ({
    dataset: { chart: `chart-${index}` },
    isConnected: true,
    getBoundingClientRect: () => ({ top }),
    querySelector: () => null,
    append() {},
  }));
  globalThis.window = { innerHeight: 900, Plotly: { newPlot: (graph, [{ name }]) => happened.push(name) } };
  globalThis.document = { querySelectorAll: () => places, createElement: () => ({}) };
  globalThis.ResizeObserver = class {
    observe() {}
  };
  globalThis.scheduler = { yield: async () => happened.push("turn") };
  Object.defineProperty(globalThis, "navigator", {
    value: { scheduling: { isInputPending } },
    configurable: true,
  });
  const all = drawAllFirst({ get: (name) => ({ data: [{ name }], layout: {} }) });
  const atOnce = [...happened];
  await all;
  return { happened, atOnce };
}

test("charts in sight are drawn at once, the others after the page was painted", async () => {
  const { happened, atOnce } = await drawn([1200, 100, 2400, 700], { isInputPending: () => false });
  assert.deepEqual(atOnce, ["chart-1", "chart-3", "turn"]);
  assert.deepEqual(happened, ["chart-1", "chart-3", "turn", "chart-0", "chart-2"]);
});

test("with every chart in sight nothing waits", async () => {
  const { happened } = await drawn([10, 20], { isInputPending: () => true });
  assert.deepEqual(happened, ["chart-0", "chart-1"]);
});

test("whoever wants something else goes before the charts out of sight", async () => {
  const { happened } = await drawn([100, 1000, 1100], { isInputPending: () => true });
  assert.deepEqual(happened, ["chart-0", "turn", "chart-1", "turn", "chart-2"]);
});
