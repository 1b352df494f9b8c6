import assert from "node:assert/strict";
import { test } from "node:test";

import {
  escapeText,
  headingHeight,
  pictureName,
  titleText,
  wrapPieces,
} from "../../../static/portal/js/charts/pictures.js";

const pieces = (...texts) => texts.map((text) => ({ html: text, length: text.length }));

test("names of people cannot write HTML into a picture", () => {
  assert.equal(escapeText(" <b>R&D</b> "), "&lt;b>R&amp;D&lt;/b>");
  assert.equal(titleText("a<b", []), "<b>a&lt;b</b>");
});

test("pieces that fit stand on one line", () => {
  // 70 px are 10 letters.
  assert.deepEqual(wrapPieces(pieces("abc", "def"), " ", 70), ["abc def"]);
});

test("a piece that does not fit begins a line", () => {
  assert.deepEqual(wrapPieces(pieces("abcd", "efgh", "ijkl"), " ", 70), ["abcd efgh", "ijkl"]);
  assert.deepEqual(wrapPieces(pieces("abcd", "efgh"), "   ", 70), ["abcd", "efgh"]);
});

test("a piece wider than the picture has a line of its own", () => {
  assert.deepEqual(wrapPieces(pieces("a".repeat(30), "b"), " ", 70), ["a".repeat(30), "b"]);
});

test("no pieces are no lines", () => {
  assert.deepEqual(wrapPieces([], " ", 70), []);
});

test("the lines stand under the title, and above the chart is room for them", () => {
  assert.equal(
    titleText("Decisions", ["bob", "March"]),
    '<b>Decisions</b><br><span style="font-size:12px">bob</span><br><span style="font-size:12px">March</span>',
  );
  assert.equal(headingHeight(0), 44);
  assert.equal(headingHeight(3), 95);
});

test("the file is named for the chart and its filters", () => {
  assert.equal(
    pictureName("video-status", "?start=2026-03-01&moderator=anna%20b"),
    "video-status-start-2026-03-01-moderator-anna-20b",
  );
  assert.equal(pictureName("video-status", ""), "video-status");
});
