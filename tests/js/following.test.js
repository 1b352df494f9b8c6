import assert from "node:assert/strict";
import { test } from "node:test";

import { followingSearch, followingWords } from "../../static/portal/js/following.js";

const ALL = ["moderator", "start", "end", "team"];

test("moderator and dates follow, what belongs to the page stays", () => {
  const search = "?moderator=a.b&start=2026-03-01&end=2026-03-07&session=s1&order=videos";
  assert.equal(followingSearch(search, ALL), "?moderator=a.b&start=2026-03-01&end=2026-03-07");
  assert.equal(followingSearch(search, ["start", "end"]), "?start=2026-03-01&end=2026-03-07");
});

test("all dates are asked for by an empty start", () => {
  assert.equal(followingSearch("?start=", ALL), "?start=");
  assert.equal(followingSearch("", ALL), "");
  assert.equal(followingSearch("?order=videos", ALL), "");
});

test("the team's totals are of nobody alone", () => {
  assert.equal(followingSearch("?moderator=a&team=true", ALL), "?team=true");
});

test("what stays is said in words", () => {
  assert.equal(followingWords("?moderator=a&start=2026-03-01&end=2026-03-07"), "a, 2026-03-01 – 2026-03-07");
  assert.equal(followingWords("?start="), "");
});
