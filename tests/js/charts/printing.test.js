import assert from "node:assert/strict";
import { test } from "node:test";

import { spanOf, widthOnPaper } from "../../../static/portal/js/charts/printing.js";

test("the columns of a card", () => {
  assert.equal(spanOf("card span-4"), 4);
  assert.equal(spanOf("stack stack-full span-12"), 12);
  assert.equal(spanOf("card"), 12);
  assert.equal(spanOf(undefined), 12);
});

test("the width of a chart on paper", () => {
  // All 12 columns: 1031 without the padding.
  assert.equal(widthOnPaper(12), 1013);
  // A column: (1031 - 11 * 16) / 12 = 71.25; four of them and three gaps, without the padding.
  assert.equal(widthOnPaper(4), 4 * 71.25 + 3 * 16 - 18);
  assert.equal(widthOnPaper(5), Math.floor(5 * 71.25 + 4 * 16 - 18));
});
