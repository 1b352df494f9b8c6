import assert from "node:assert/strict";
import { test } from "node:test";

import { resolveTheme } from "../../static/portal/js/theme.js";

test("a chosen theme is seen whatever the system prefers", () => {
  assert.equal(resolveTheme("light", true), "light");
  assert.equal(resolveTheme("dark", false), "dark");
});

test("without a choice the system's theme is seen", () => {
  assert.equal(resolveTheme("auto", true), "dark");
  assert.equal(resolveTheme("auto", false), "light");
  assert.equal(resolveTheme(undefined, true), "dark");
});
