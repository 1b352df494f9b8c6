import assert from "node:assert/strict";
import { test } from "node:test";

import { actionOf } from "../../static/portal/js/checking.js";

const ON = { getItem: () => null };
const OFF = { getItem: () => "off" };
const press = (key, more = {}) => ({ key, target: null, ...more });

test("letters choose a verdict, digits a reason", () => {
  assert.deepEqual(actionOf(press("a"), ON), { verdict: "accepted" });
  assert.deepEqual(actionOf(press("Q"), ON), { verdict: "rejected" });
  assert.deepEqual(actionOf(press("u"), ON), { verdict: "unsure" });
  assert.deepEqual(actionOf(press("7"), ON), { reason: 7 });
  assert.deepEqual(actionOf(press("0"), ON), {});
});

test("the others open, go back, forth and on, skip, note and save", () => {
  assert.deepEqual(actionOf(press("o"), ON), { click: "[data-open-video]" });
  assert.deepEqual(actionOf(press("ArrowLeft"), ON), { click: "[data-back]" });
  assert.deepEqual(actionOf(press("ArrowRight"), ON), { click: "[data-forth]" });
  assert.deepEqual(actionOf(press("s"), ON), { click: "[data-put-off]" });
  assert.deepEqual(actionOf(press("n"), ON), { note: true });
  assert.deepEqual(actionOf(press("Enter"), ON), { save: true });
  assert.deepEqual(actionOf(press("z"), ON), {});
});

test("nothing happens with another key, while typing, and while shortcuts are off", () => {
  assert.deepEqual(actionOf(press("a", { ctrlKey: true }), ON), {});
  assert.deepEqual(actionOf(press("a", { target: { closest: () => ({}) } }), ON), {});
  assert.deepEqual(actionOf(press("a"), OFF), {});
});
