import assert from "node:assert/strict";
import { test } from "node:test";

import { readCookie } from "../../static/portal/js/cookies.js";

test("a cookie is found by its whole name, and decoded", () => {
  assert.equal(readCookie("xcsrftoken=no; csrftoken=a%3Db=c", "csrftoken"), "a=b=c");
  assert.equal(readCookie("csrftoken=first", "csrftoken"), "first");
});

test("a cookie that is not there is undefined", () => {
  assert.equal(readCookie("", "csrftoken"), undefined);
  assert.equal(readCookie("sessionid=csrftoken=x", "csrftoken"), undefined);
});
