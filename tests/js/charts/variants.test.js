import assert from "node:assert/strict";
import { test } from "node:test";

import { choicesOf, variantIndex } from "../../../static/portal/js/charts/variants.js";

test("the last choice runs fastest", () => {
  assert.equal(variantIndex([0, 0], [3, 2]), 0);
  assert.equal(variantIndex([0, 1], [3, 2]), 1);
  assert.equal(variantIndex([2, 1], [3, 2]), 5);
  assert.equal(variantIndex([1], [2]), 1);
});

test("a place tells its choices", () => {
  for (let place = 0; place < 6; place += 1) {
    assert.equal(variantIndex(choicesOf(place, [3, 2]), [3, 2]), place);
  }
  assert.deepEqual(choicesOf(3, [3, 2]), [1, 1]);
});
