import assert from "node:assert/strict";
import { test } from "node:test";

import { isPlainClick } from "../../static/portal/js/clicks.js";

const CLICK = { button: 0, defaultPrevented: false, metaKey: false, ctrlKey: false, shiftKey: false, altKey: false };

test("a plain click follows its link here", () => {
  assert.equal(isPlainClick(CLICK), true);
});

for (const change of [
  { button: 1 },
  { metaKey: true },
  { ctrlKey: true },
  { shiftKey: true },
  { altKey: true },
  { defaultPrevented: true },
]) {
  test(`a click with ${JSON.stringify(change)} is the browser's`, () => {
    assert.equal(isPlainClick({ ...CLICK, ...change }), false);
  });
}
