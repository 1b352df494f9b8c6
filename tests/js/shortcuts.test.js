import assert from "node:assert/strict";
import { test } from "node:test";

import { areOn, isShortcut } from "../../static/portal/js/shortcuts.js";

const storage = (value) => ({ getItem: () => value });
const press = (more = {}, found = null) => ({
  key: "v", ctrlKey: false, metaKey: false, altKey: false, target: { closest: () => found }, ...more,
});

test("a key is a shortcut in upper and lower case, except in a field and with other keys", () => {
  assert.equal(isShortcut(press(), "v", storage(null)), true);
  assert.equal(isShortcut(press({ key: "V" }), "v", storage("on")), true);
  assert.equal(isShortcut(press({}, {}), "v", storage(null)), false);
  assert.equal(isShortcut(press({ key: "x" }), "v", storage(null)), false);
  assert.equal(isShortcut(press({ target: null }), "v", storage(null)), true);
  for (const name of ["ctrlKey", "metaKey", "altKey", "defaultPrevented"]) {
    assert.equal(isShortcut(press({ [name]: true }), "v", storage(null)), false);
  }
});

test("none works while they are turned off", () => {
  assert.equal(isShortcut(press(), "v", storage("off")), false);
});

test("a browser that keeps nothing leaves them on", () => {
  const refuses = { getItem() { throw new Error("refused"); } };
  assert.equal(areOn(refuses), true);
});
