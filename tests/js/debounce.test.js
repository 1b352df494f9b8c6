import assert from "node:assert/strict";
import { test } from "node:test";

import { debounce } from "../../static/portal/js/debounce.js";

test("the last of several calls runs, once they have paused", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = [];
  const debounced = debounce((...args) => calls.push(args), 150);
  debounced("a", 1);
  t.mock.timers.tick(149);
  debounced("b", 2);
  t.mock.timers.tick(149);
  assert.deepEqual(calls, []);
  t.mock.timers.tick(1);
  assert.deepEqual(calls, [["b", 2]]);
  t.mock.timers.tick(1000);
  assert.equal(calls.length, 1);
});

test("calls after a pause run again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const calls = [];
  const debounced = debounce((value) => calls.push(value), 150);
  debounced("a");
  t.mock.timers.tick(150);
  debounced("b");
  t.mock.timers.tick(150);
  assert.deepEqual(calls, ["a", "b"]);
});
