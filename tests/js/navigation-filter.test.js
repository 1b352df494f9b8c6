import assert from "node:assert/strict";
import { test } from "node:test";

import { matchLabels } from "../../static/portal/js/navigation-filter.js";

const LABELS = ["Home", "Chat sessions", "Sessions", "Users"];

test("labels fit that contain what was typed, whatever its case", () => {
  assert.deepEqual(matchLabels(LABELS, " SESS "), [false, true, true, false]);
});

test("nothing typed fits all, what is nowhere fits none", () => {
  assert.deepEqual(matchLabels(LABELS, "  "), [true, true, true, true]);
  assert.deepEqual(matchLabels(LABELS, "sess*"), [false, false, false, false]);
});
