import assert from "node:assert/strict";
import { test } from "node:test";

import { passportAddress } from "../../static/portal/js/passports.js";

test("a number's passport stands under the parameters of its records", () => {
  assert.equal(
    passportAddress("/rows/decisions/?start=2026-03-01&decision=rejected&column=share"),
    "/passport/decisions/?start=2026-03-01&decision=rejected&column=share",
  );
  assert.equal(passportAddress("/portal/rows/decisions/"), "/portal/passport/decisions/");
});

test("a passport is its own", () => {
  assert.equal(passportAddress("/passport/decisions/?column=share"), "/passport/decisions/?column=share");
});

test("other addresses have no passport", () => {
  assert.equal(passportAddress("/sessions/s1/"), "");
  assert.equal(passportAddress("/rows/"), "");
  assert.equal(passportAddress("/rows/decisions/more/"), "");
});
