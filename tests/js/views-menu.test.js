import assert from "node:assert/strict";
import { test } from "node:test";

import { saveUrl } from "../../static/portal/js/views-menu.js";

test("a page is saved with its filters", () => {
  const place = { pathname: "/review/", search: "?moderator=a%26b&start=" };
  assert.equal(
    new URL(saveUrl("/views/", place), "https://example.org").searchParams.get("address"),
    "/review/?moderator=a%26b&start=",
  );
});
