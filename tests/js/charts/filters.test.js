import assert from "node:assert/strict";
import { test } from "node:test";

import { isSamePage, searchOf } from "../../../static/portal/js/charts/filters.js";

test("empty filters are left out of the address", () => {
  const entries = [["moderator", ""], ["start", "2026-03-01"], ["end", ""], ["session", "a/b & c"]];
  assert.equal(searchOf(entries), "?start=2026-03-01&session=a%2Fb+%26+c");
});

test("no filter at all is told too, since an address without any opens the last days", () => {
  assert.equal(searchOf([["start", ""], ["end", ""]]), "?start=");
  assert.equal(searchOf([]), "?start=");
});

test("the same page with other filters", () => {
  const here = new URL("https://portal.example/review/?start=2026-03-01");
  const isSame = (address) => isSamePage(new URL(address, here), here);
  assert.equal(isSame("?moderator=bob"), true);
  assert.equal(isSame("/review/"), true);
  assert.equal(isSame("/sessions/?moderator=bob"), false);
  assert.equal(isSame("#card-decisions"), false);
  assert.equal(isSame("https://other.example/review/"), false);
});
