import assert from "node:assert/strict";
import { test } from "node:test";

import { sessionUrl } from "../../../static/portal/js/charts/session-links.js";

test("an id keeps its slashes, and everything else is escaped", () => {
  assert.equal(sessionUrl("/sessions/", "bob-3"), "/sessions/bob-3/");
  assert.equal(sessionUrl("/sessions/", "2026/03 #1?"), "/sessions/2026/03%20%231%3F/");
});
