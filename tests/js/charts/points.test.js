import assert from "node:assert/strict";
import { test } from "node:test";

import {
  dateParams,
  isOfSeveralRows,
  openingOf,
  openPoints,
  pageUrl,
  pointAfterKey,
  pointWords,
  rowsAddress,
} from "../../../static/portal/js/charts/points.js";

test("an id keeps its slashes, and everything else is escaped", () => {
  assert.equal(pageUrl("/sessions/", "bob-3"), "/sessions/bob-3/");
  assert.equal(pageUrl("/sessions/", "2026/03 #1?"), "/sessions/2026/03%20%231%3F/");
});

test("a bar of several rows has none of its own", () => {
  const graph = { data: [{ customdata: [["Spam"], null], meta: { params: {}, keys: ["queue"] } }, {}], layout: {} };
  const several = (curve, index) => isOfSeveralRows(graph, { curve, index });
  assert.deepEqual([several(0, 0), several(0, 1), several(1, 0), several(-1, 0)], [false, true, false, false]);
});

test("no id is a segment that browsers resolve", () => {
  assert.equal(pageUrl("/moderators/", ".."), "/moderators/~../");
  assert.equal(pageUrl("/moderators/", "~x"), "/moderators/~~x/");
  assert.equal(pageUrl("/moderators/", "..."), "/moderators/.../");
});

test("a person is opened over the same dates", () => {
  assert.equal(dateParams("?moderator=bob&start=2026-03-01&end=2026-03-31"), "?start=2026-03-01&end=2026-03-31");
  assert.equal(dateParams("?moderator=bob"), "?start=");
});

const BASES = {
  rows: "/rows/decisions/?start=2026-03-01&end=2026-03-31",
  sessions: "/sessions/",
  people: "/moderators/",
  search: "?start=2026-03-01&moderator=bob",
};
const bars = (...names) => ({
  customdata: names.map((name) => name && [name]),
  meta: { params: { column: "videos" }, keys: ["decision"] },
  hovertext: names.map((name) => `<b>${name} &amp; co</b><br>12 videos`),
});
const graphOf = (data, meta) => ({ data, layout: { meta } });

test("a bar opens the records of its row", () => {
  const graph = graphOf([bars("accepted", "rejected", null)]);
  const address = (index) => openingOf(graph, { curve: 0, index }, BASES).address;
  assert.equal(
    address(1),
    "/rows/decisions/?start=2026-03-01&end=2026-03-31&decision=rejected&column=videos",
  );
  assert.equal(address(2), "");
  assert.equal(openingOf(graph, { curve: 0, index: 1 }, { ...BASES, rows: "" }).address, "");
});

test("a day is the scope of another metric", () => {
  const meta = { params: { status: "completed", column: "share" }, keys: ["start", "end"], metric: "video-status" };
  assert.equal(
    rowsAddress("/rows/review-by-day/?moderator=bob&start=2026-03-01", meta, ["2026-03-04", "2026-03-04"]),
    "/rows/video-status/?moderator=bob&start=2026-03-04&end=2026-03-04&status=completed&column=share",
  );
});

test("a dot opens the page of its session or person", () => {
  const dots = { customdata: ["a/b", ""] };
  const open = (meta, index) => openingOf(graphOf([dots], meta), { curve: 0, index }, BASES).address;
  assert.equal(open({}, 0), "/sessions/a/b/");
  assert.equal(open({ opens: "person" }, 0), "/moderators/a/b/?start=2026-03-01");
  assert.equal(open({}, 1), "");
});

test("a gauge opens as a whole", () => {
  const graph = graphOf([{ type: "scatter", mode: "text" }], { params: { column: "average" }, keys: [] });
  assert.deepEqual(openPoints(graph, BASES), [{ curve: -1, index: 0 }]);
});

test("lines and hidden traces have no points", () => {
  const graph = graphOf([{ x: [1, 2] }, { ...bars("accepted"), visible: "legendonly" }, bars("accepted", null, "none")]);
  assert.deepEqual(openPoints(graph, BASES), [
    { curve: 2, index: 0 },
    { curve: 2, index: 2 },
  ]);
});

test("keys move from point to point", () => {
  const at = (curve, index) => ({ curve, index });
  const points = [at(0, 0), at(0, 1), at(2, 0), at(2, 1), at(2, 2)];
  const go = (current, key) => pointAfterKey(points, current, key);
  assert.deepEqual(go(null, "ArrowRight"), at(0, 0));
  assert.deepEqual(go(at(0, 1), "ArrowRight"), at(2, 0));
  assert.deepEqual(go(at(2, 0), "ArrowLeft"), at(0, 1));
  assert.deepEqual(go(at(0, 1), "ArrowUp"), at(2, 1));
  assert.deepEqual(go(at(2, 2), "ArrowDown"), at(0, 1));
  assert.deepEqual(go(at(0, 0), "End"), at(2, 2));
  assert.deepEqual(go(at(2, 2), "Home"), at(0, 0));
  for (const [current, key] of [[at(2, 2), "ArrowRight"], [at(0, 0), "ArrowDown"], [at(0, 0), "x"]]) {
    assert.equal(go(current, key), undefined);
  }
});

test("a point is said without marks", () => {
  const graph = graphOf([bars("accepted", "rejected")]);
  const points = openPoints(graph, BASES);
  assert.equal(pointWords(graph, points, points[1]), "rejected & co, 12 videos; 2 of 2");
});
