import assert from "node:assert/strict";
import { test } from "node:test";

import { dateParams, pageUrl } from "../../../static/portal/js/charts/point-links.js";

test("an id keeps its slashes, and everything else is escaped", () => {
  assert.equal(pageUrl("/sessions/", "bob-3"), "/sessions/bob-3/");
  assert.equal(pageUrl("/sessions/", "2026/03 #1?"), "/sessions/2026/03%20%231%3F/");
});

test("no id is a segment that browsers resolve", () => {
  assert.equal(pageUrl("/moderators/", ".."), "/moderators/~../");
  assert.equal(pageUrl("/moderators/", "~x"), "/moderators/~~x/");
  assert.equal(pageUrl("/moderators/", "..."), "/moderators/.../");
});

test("a person is opened over the same dates", () => {
  assert.equal(dateParams("?moderator=bob&start=2026-03-01&end=2026-03-31"), "?start=2026-03-01&end=2026-03-31");
  assert.equal(dateParams("?moderator=bob"), "?start=");
});
