import assert from "node:assert/strict";
import { test } from "node:test";

import { opensRight, saveUrl } from "../../static/portal/js/views-menu.js";

test("a page is saved with its filters", () => {
  const place = { pathname: "/review/", search: "?moderator=a%26b&start=" };
  assert.equal(
    new URL(saveUrl("/views/", place), "https://example.org").searchParams.get("address"),
    "/review/?moderator=a%26b&start=",
  );
});

const box = (sides) => ({ getBoundingClientRect: () => sides });

test("the menu opens to the right where it would leave the content to the left", () => {
  assert.equal(opensRight(box({ right: 349 }), box({ left: 20 })), true);
  assert.equal(opensRight(box({ right: 350 }), box({ left: 20 })), false);
});
