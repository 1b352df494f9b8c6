import assert from "node:assert/strict";
import { test } from "node:test";

import {
  filtersOf, goBack, onAddress, onceBack, readState, replaceState, withChoices, withFilters, withState,
} from "../../static/portal/js/page-state.js";

const SEARCH = "?start=2026-03-01&panel=%2Frows%2Fdecisions%2F%3Fdecision%3Drejected&series=queues%3ASpam";

test("the filters are what is left without the page's state", () => {
  assert.equal(filtersOf(SEARCH), "?start=2026-03-01");
  assert.equal(filtersOf("?panel=%2Frows%2F"), "");
  assert.equal(filtersOf(""), "");
});

test("a state is read and written beside the filters", () => {
  assert.equal(readState(SEARCH, "panel"), "/rows/decisions/?decision=rejected");
  assert.equal(readState("?start=2026-03-01", "panel"), "");
  assert.equal(withState("?start=2026-03-01", "series", "queues:Spam"), "?start=2026-03-01&series=queues%3ASpam");
  assert.equal(withState("?series=queues%3ASpam", "series", ""), "");
});

test("other filters keep the state", () => {
  assert.equal(withFilters("?panel=%2Frows%2F", "?end=2026-03-31"), "?end=2026-03-31&panel=%2Frows%2F");
});

test("other filters keep what is chosen, and close the panel", () => {
  const search = "?start=&panel=%2Frows%2F&sorted=decisions.1.ascending&whole=queues";
  assert.equal(withChoices(search, "?end=2026-03-31"), "?end=2026-03-31&sorted=decisions.1.ascending&whole=queues");
});

test("what is changed while the browser goes back waits until it has, and stays", () => {
  const page = new EventTarget();
  globalThis.window = page;
  globalThis.location = { pathname: "/review/", search: "?start=&panel=%2Frows%2F", hash: "" };
  const steps = [];
  globalThis.history = {
    state: null,
    back: () => steps.push("back"),
    replaceState(state, title, address) {
      steps.push(address);
      location.search = address.slice(address.indexOf("?"));
    },
  };
  onAddress(() => steps.push(`follow ${location.search}`));
  goBack("?start=&series=a%3Ab");
  replaceState("card_view", "queues.table");
  onceBack(() => steps.push("opened"));
  assert.deepEqual(steps, ["back"]);
  location.search = "?start=";
  page.dispatchEvent(new Event("popstate"));
  assert.deepEqual(steps, [
    "back", "/review/?start=&series=a%3Ab", "/review/?start=&series=a%3Ab&card_view=queues.table", "opened",
    "follow ?start=&series=a%3Ab&card_view=queues.table",
  ]);
  onceBack(() => steps.push("at once"));
  assert.equal(steps.at(-1), "at once");
});
