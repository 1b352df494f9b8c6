import assert from "node:assert/strict";
import { test } from "node:test";

import { daysOfRange, searchOfDays, withDayDrag } from "../../../static/portal/js/charts/day-drag.js";

test("the days whose points lie in the range", () => {
  assert.deepEqual(daysOfRange(["2026-03-03 14:10:00.123", "2026-03-06 09:00"], true), ["2026-03-04", "2026-03-06"]);
  assert.deepEqual(daysOfRange(["2026-03-06 09:00", "2026-03-03 14:10"], true), ["2026-03-04", "2026-03-06"]);
  assert.deepEqual(daysOfRange(["2026-03-03", "2026-03-03 20:00"], true), ["2026-03-03", "2026-03-03"]);
  assert.equal(daysOfRange(["2026-03-03 08:00", "2026-03-03 20:00"], true), null);
});

test("the days of moments", () => {
  assert.deepEqual(daysOfRange(["2026-03-03 08:00", "2026-03-04 20:00"], false), ["2026-03-03", "2026-03-04"]);
  assert.equal(daysOfRange(["never", "2026-03-04"], false), null);
});

test("the other filters stay, what is open does not", () => {
  assert.equal(
    searchOfDays("?moderator=bob&start=2026-03-01&panel=%2Frows%2F", ["2026-03-04", "2026-03-06"]),
    "?moderator=bob&start=2026-03-04&end=2026-03-06",
  );
});

test("days can be dragged over from the first drawing on, other axes never", () => {
  const days = { dragmode: false, xaxis: { type: "date" }, height: 200 };
  assert.deepEqual(withDayDrag(days), {
    dragmode: "select",
    selectdirection: "h",
    xaxis: { type: "date" },
    height: 200,
  });
  assert.equal(days.dragmode, false);
  const queues = { dragmode: false, xaxis: { type: "category" } };
  assert.equal(withDayDrag(queues), queues);
  assert.deepEqual(withDayDrag({ dragmode: false }), { dragmode: false });
});
