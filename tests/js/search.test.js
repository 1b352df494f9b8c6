import assert from "node:assert/strict";
import { test } from "node:test";

import { nextOption } from "../../static/portal/js/search.js";

test("arrow keys move through the options and around their ends", () => {
  assert.equal(nextOption("ArrowDown", -1, 3), 0);
  assert.equal(nextOption("ArrowDown", 2, 3), 0);
  assert.equal(nextOption("ArrowUp", 0, 3), 2);
  assert.equal(nextOption("ArrowUp", -1, 3), 2);
});

test("other keys belong to the field, and all without options", () => {
  for (const key of ["Home", "End", "a", "Enter"]) {
    assert.equal(nextOption(key, 0, 3), undefined);
  }
  assert.equal(nextOption("ArrowDown", -1, 0), undefined);
});
