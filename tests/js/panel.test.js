import assert from "node:assert/strict";
import { test } from "node:test";

import { failureText, localAddress } from "../../static/portal/js/panel.js";

const HERE = "https://portal.example/review/?start=2026-03-01";

test("only an address of this site is opened", () => {
  assert.equal(localAddress("/rows/decisions/?decision=rejected", HERE), "/rows/decisions/?decision=rejected");
  assert.equal(localAddress("https://portal.example/rows/queues/", HERE), "/rows/queues/");
  for (const address of ["https://other.example/rows/", "//other.example/rows/", "javascript:alert(1)",
    "/.//other.example/rows/", "/..//other.example/", "/a/..//other.example/", "//", "http://["]) {
    assert.equal(localAddress(address, HERE), "", address);
  }
});

test("a failure says what the server answered", () => {
  assert.equal(failureText(404), "There is nothing under this address.");
  assert.equal(failureText(500), "The server answered 500.");
});
