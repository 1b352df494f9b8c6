import assert from "node:assert/strict";
import { test } from "node:test";

import { annotationUrl, dayAt } from "../../../static/portal/js/charts/annotate.js";

const at = (text) => Date.parse(`${text}Z`);

test("a day stands around its midnight where points are days, after it where they are moments", () => {
  assert.equal(dayAt(at("2026-10-16T12:00:00"), true), "2026-10-17");
  assert.equal(dayAt(at("2026-10-17T11:59:59"), true), "2026-10-17");
  assert.equal(dayAt(at("2026-10-16T23:59:59"), false), "2026-10-16");
  assert.equal(dayAt(at("2026-10-17T00:00:00"), false), "2026-10-17");
});

test("the form knows the day, and the way back to the card with what the page shows now", () => {
  const href = "https://portal.example/annotations/?start=2026-11-26&next=%2Freview%2F%3Fend%3D1%23card-x";
  const url = new URL(annotationUrl(href, "2026-10-17", "/review/?grain=week"));
  assert.equal(url.searchParams.get("start"), "2026-10-17");
  assert.equal(url.searchParams.get("next"), "/review/?grain=week#card-x");
  assert.equal(new URL(annotationUrl(href, "", "/")).searchParams.get("start"), "2026-11-26");
});
