import assert from "node:assert/strict";
import { test } from "node:test";

import {
  countHiddenColumns,
  hiddenColumnsWords,
  markHiddenColumns,
} from "../../static/portal/js/table-scrolling.js";

function marked(scrollLeft, clientWidth, scrollWidth) {
  const flags = {};
  const toggleAttribute = (name, on) => { flags[name] = on; };
  markHiddenColumns({ scrollLeft, clientWidth, scrollWidth, toggleAttribute });
  return flags["data-more-columns"];
}

test("a table that goes on to the right is marked until it is scrolled to its end", () => {
  assert.equal(marked(0, 300, 900), true);
  assert.equal(marked(500, 300, 900), true);
  assert.equal(marked(600, 300, 900), false);
});

test("a table that fits is not marked, a part of a pixel does not count", () => {
  assert.equal(marked(0, 300, 300), false);
  assert.equal(marked(599.5, 300, 900), false);
});

test("the columns that end beyond the edge are counted and told", () => {
  const box = (right) => ({ getBoundingClientRect: () => ({ right }) });
  const heads = [120, 300, 390.5, 420, 600].map(box);
  const node = { ...box(390), querySelectorAll: () => heads };
  assert.equal(countHiddenColumns(node), 2);
  assert.equal(hiddenColumnsWords(2), "2 more columns →");
  assert.equal(hiddenColumnsWords(1), "1 more column →");
  assert.equal(hiddenColumnsWords(0), "");
});
