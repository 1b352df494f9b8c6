import assert from "node:assert/strict";
import { test } from "node:test";

import { indexOfLetter, nextIndex } from "../../static/portal/js/menus.js";

test("arrows move around the ends of a menu", () => {
  assert.equal(nextIndex("ArrowDown", 0, 3), 1);
  assert.equal(nextIndex("ArrowDown", 2, 3), 0);
  assert.equal(nextIndex("ArrowUp", 2, 3), 1);
  assert.equal(nextIndex("ArrowUp", 0, 3), 2);
});

test("Home and End move to the ends", () => {
  assert.equal(nextIndex("Home", 2, 3), 0);
  assert.equal(nextIndex("End", 0, 3), 2);
});

test("other keys move nowhere", () => {
  assert.equal(nextIndex("Enter", 1, 3), undefined);
  assert.equal(nextIndex("a", 1, 3), undefined);
});

const LABELS = [" Show as a table ", "How is this computed?", "CSV", "SVG"];

test("a letter moves to the next label that begins with it, around the end", () => {
  assert.equal(indexOfLetter(LABELS, 0, "s"), 3);
  assert.equal(indexOfLetter(LABELS, 3, "S"), 0);
  assert.equal(indexOfLetter(LABELS, 3, "c"), 2);
});

test("a letter of no other label moves nowhere", () => {
  assert.equal(indexOfLetter(LABELS, 0, "x"), -1);
  assert.equal(indexOfLetter(LABELS, 2, "c"), -1);
});
