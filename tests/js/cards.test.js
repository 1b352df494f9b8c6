import assert from "node:assert/strict";
import { test } from "node:test";

import { hiddenParts } from "../../static/portal/js/cards.js";

const shown = (view, hasChart) =>
  Object.entries(hiddenParts(view, hasChart)).filter(([, hidden]) => !hidden).map(([part]) => part);

test("a card with a chart", () => {
  assert.deepEqual(shown("chart", true), ["main", "state", "notes"]);
  assert.deepEqual(shown("table", true), ["table", "state", "notes", "back"]);
  assert.deepEqual(shown("definition", true), ["definition", "back"]);
});

test("a card that is a table", () => {
  assert.deepEqual(shown("table", false), ["main", "table", "state", "notes"]);
  assert.deepEqual(shown("definition", false), ["definition", "back"]);
});
