import assert from "node:assert/strict";
import { test } from "node:test";

import { loginUrlFor } from "../../static/portal/js/login-expired.js";

const PAGE = new URL("https://portal.example/review/?moderator=bob&start=2026-03-01#card-x");

test("the login leads back to the page with its filters", () => {
  const url = new URL(loginUrlFor("/login/", PAGE));
  assert.equal(url.origin + url.pathname, "https://portal.example/login/");
  assert.equal(url.searchParams.get("next"), "/review/?moderator=bob&start=2026-03-01");
  assert.equal(url.searchParams.get("expired"), "1");
});

test("a second expiry replaces the filters of the first", () => {
  const first = loginUrlFor("/login/", PAGE);
  const second = new URL(loginUrlFor(first, new URL("https://portal.example/review/")));
  assert.deepEqual(second.searchParams.getAll("next"), ["/review/"]);
});
