import assert from "node:assert/strict";
import { test } from "node:test";

import { saveUrl, savesView } from "../../static/portal/js/views-menu.js";

test("a page is saved with its filters", () => {
  const place = { pathname: "/review/", search: "?moderator=a%26b&start=" };
  assert.equal(
    new URL(saveUrl("/views/", place), "https://example.org").searchParams.get("address"),
    "/review/?moderator=a%26b&start=",
  );
});

const press = (more, found = null) => ({
  key: "v", ctrlKey: false, metaKey: false, altKey: false, target: { closest: () => found }, ...more,
});

test("V saves, except in a field or menu and with other keys", () => {
  assert.equal(savesView(press({})), true);
  assert.equal(savesView(press({ key: "V" })), true);
  assert.equal(savesView(press({}, {})), false);
  assert.equal(savesView(press({ key: "x" })), false);
  for (const name of ["ctrlKey", "metaKey", "altKey"]) {
    assert.equal(savesView(press({ [name]: true })), false);
  }
});
