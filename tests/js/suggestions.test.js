import assert from "node:assert/strict";
import { test } from "node:test";

import { suggestionsUrl } from "../../static/portal/js/suggestions.js";

const PAGE = "https://portal.example/review/?start=2026-03-01";

test("what was typed is a parameter of the field's address", () => {
  assert.equal(
    suggestionsUrl("/names/", "ann & bob", PAGE),
    "https://portal.example/names/?q=ann+%26+bob",
  );
});

test("parameters that the address has stay, an earlier text goes", () => {
  assert.equal(
    suggestionsUrl("/sessions/ids/?moderator=7&q=x", "s", PAGE),
    "https://portal.example/sessions/ids/?moderator=7&q=s",
  );
});
