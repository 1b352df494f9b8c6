import assert from "node:assert/strict";
import { test } from "node:test";

import { nextOption, opensSearch } from "../../static/portal/js/search.js";

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

const press = (more, found = null) => ({
  key: "/", ctrlKey: false, metaKey: false, altKey: false, target: { closest: () => found }, ...more,
});

test("a slash opens the search, except in a field and with other keys", () => {
  assert.equal(opensSearch(press({})), true);
  assert.equal(opensSearch(press({}, {})), false);
  assert.equal(opensSearch(press({ key: "a" })), false);
  for (const name of ["ctrlKey", "metaKey", "altKey"]) {
    assert.equal(opensSearch(press({ [name]: true })), false);
  }
});
