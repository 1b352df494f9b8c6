import assert from "node:assert/strict";
import { test } from "node:test";

import { formatDate } from "../../static/portal/js/date-fields.js";

test("dates read day, month, year", () => {
  assert.equal(formatDate("2026-03-01"), "1 Mar 2026");
  assert.equal(formatDate("2025-12-31"), "31 Dec 2025");
  assert.equal(formatDate("2025-01-09"), "9 Jan 2025");
});

test("no date is any", () => {
  assert.equal(formatDate(""), "Any");
});
