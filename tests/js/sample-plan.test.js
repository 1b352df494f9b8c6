import assert from "node:assert/strict";
import { test } from "node:test";

import { formAddress } from "../../static/portal/js/sample-plan.js";

test("the address has what is filled in, in the form's order", () => {
  const fields = [
    ["moderator", ""],
    ["start", "2026-03-01"],
    ["method", "by-queue"],
    ["expected", "92.5"],
  ];
  assert.equal(
    formAddress(fields, "/quality/plan/"),
    "/quality/plan/?start=2026-03-01&method=by-queue&expected=92.5",
  );
});
