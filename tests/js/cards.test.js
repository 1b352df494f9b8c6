import assert from "node:assert/strict";
import { test } from "node:test";

import { hiddenParts, readViews, writeView } from "../../static/portal/js/cards.js";

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

test("the address names the cards that are not shown as they open", () => {
  assert.equal(writeView("", "decisions", "table", true), "decisions.table");
  assert.equal(writeView("decisions.table", "queues", "definition", false), "decisions.table,queues.definition");
  assert.equal(writeView("decisions.table,queues.definition", "decisions", "definition", true), "decisions.definition,queues.definition");
  assert.equal(writeView("decisions.table,queues.definition", "decisions", "chart", true), "queues.definition");
  assert.equal(writeView("queues.definition", "queues", "table", false), "");
});

test("an address may say anything", () => {
  assert.deepEqual(readViews("decisions.table,queues.pie,,x"), { decisions: "table" });
});
