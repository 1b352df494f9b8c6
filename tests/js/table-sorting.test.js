import assert from "node:assert/strict";
import { test } from "node:test";

import { compareValues, nextOrder, parseSorted, sortedText, sortValue } from "../../static/portal/js/table-sorting.js";

const sorted = (texts, order) =>
  texts.map(sortValue).toSorted((a, b) => compareValues(a, b, order));

test("numbers are read as numbers, whatever way they are written", () => {
  assert.deepEqual(["10", "9.5", "-1", "1e3", "0"].map(sortValue), [10, 9.5, -1, 1000, 0]);
});

test("texts stay as they are, unknown values are null", () => {
  assert.deepEqual(["bob", "10 min", "2026-03-01"].map(sortValue), ["bob", "10 min", "2026-03-01"]);
  assert.deepEqual(["", "—", "None"].map(sortValue), [null, null, null]);
});

test("numbers sort by size", () => {
  assert.deepEqual(sorted(["10", "9", "100"], "ascending"), [9, 10, 100]);
  assert.deepEqual(sorted(["10", "9", "100"], "descending"), [100, 10, 9]);
});

test("unknown values come last in either order", () => {
  assert.deepEqual(sorted(["—", "2", "", "1"], "ascending"), [1, 2, null, null]);
  assert.deepEqual(sorted(["—", "2", "", "1"], "descending"), [2, 1, null, null]);
});

test("texts sort without regard to case, with their numbers by size", () => {
  assert.deepEqual(sorted(["video-10", "Video-9", "anna"], "ascending"), ["anna", "Video-9", "video-10"]);
});

test("a text among numbers is compared as text", () => {
  assert.deepEqual(sorted(["9", "abc", "10"], "ascending"), [9, 10, "abc"]);
});

test("a first click gives the largest numbers or the first letters, a second the other end", () => {
  assert.equal(nextOrder(null, true), "descending");
  assert.equal(nextOrder("descending", true), "ascending");
  assert.equal(nextOrder("ascending", true), "descending");
  assert.equal(nextOrder(null, false), "ascending");
  assert.equal(nextOrder("ascending", false), "descending");
  assert.equal(nextOrder("descending", false), "ascending");
});

test("how tables are sorted is read from the address and written into it", () => {
  const text = "decisions.1.descending,queue-details.0.ascending";
  const sorted = parseSorted(text);
  assert.deepEqual(sorted.get("decisions"), { column: 1, order: "descending" });
  assert.equal(sortedText(sorted), text);
});

test("what is no order is left out", () => {
  assert.equal(parseSorted("decisions.x.up,,queues.1.sideways").size, 0);
});
