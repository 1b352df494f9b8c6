import assert from "node:assert/strict";
import { test } from "node:test";

import { filteredSearch, nextOption } from "../../static/portal/js/search.js";

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

test("a page is filtered by what was found, its other filters kept", () => {
  const fields = [["moderator", ""], ["start", "2026-03-01"], ["end", "2026-03-31"]];
  assert.equal(
    filteredSearch("?order=-videos&page=3&panel=%2Frows%2Fx%2F", fields, "moderator", "olga"),
    "?order=-videos&moderator=olga&start=2026-03-01&end=2026-03-31",
  );
  assert.equal(filteredSearch("?queue=Spam", [["queue", "Spam"]], "queue", "Appeals & more"), "?queue=Appeals+%26+more");
});
