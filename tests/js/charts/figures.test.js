import assert from "node:assert/strict";
import { test } from "node:test";

import { Figures, figuresBySlug } from "../../../static/portal/js/charts/figures.js";

const PAIRS = [["#2b6cd4", "#6ba6ff"]];
const bars = (color, barmode = "stack") => ({ data: [{ marker: { color } }], layout: { barmode } });
const withVariant = (color) => {
  const figure = bars(color);
  return { ...figure, layout: { ...figure.layout, meta: { variants: [bars(color, "group")] } } };
};
const make = () => new Figures({ plain: bars("#2b6cd4"), both: withVariant("#2b6cd4") }, "light", PAIRS);
const colorOf = (figure) => figure.data[0].marker.color;

test("figures of a callback are taken by the order of their charts", () => {
  const [a, b] = [bars("#2b6cd4"), bars("#6ba6ff")];
  assert.deepEqual(figuresBySlug(["a", "b"], [a, b]), { a, b });
});

test("charts without data have no figure", () => {
  const empty = { data: [], layout: {} };
  const figure = bars("#2b6cd4");
  assert.deepEqual(figuresBySlug(["a", "b", "c", "d"], [empty, figure, undefined]), { b: figure });
});

test("figures are shown in the theme that is set", () => {
  const figures = make();
  assert.equal(figures.theme, "light");
  figures.setTheme("dark");
  assert.equal(colorOf(figures.get("plain")), "#6ba6ff");
  assert.equal(colorOf(figures.get("both")), "#6ba6ff");
  figures.setTheme("light");
  assert.equal(colorOf(figures.get("plain")), "#2b6cd4");
});

test("paper is light in either theme", () => {
  const figures = make();
  assert.equal(colorOf(figures.getLight("plain")), "#2b6cd4");
  figures.setTheme("dark");
  assert.equal(colorOf(figures.getLight("plain")), "#2b6cd4");
  assert.equal(colorOf(figures.get("plain")), "#6ba6ff");
});

test("the variant is shown once it is chosen, in the theme", () => {
  const figures = make();
  assert.equal(figures.get("both").layout.barmode, "stack");
  figures.chooseVariant("both", 1);
  figures.setTheme("dark");
  assert.equal(figures.get("both").layout.barmode, "group");
  assert.equal(colorOf(figures.get("both")), "#6ba6ff");
  assert.equal(figures.variantOf("both"), 1);
  assert.equal(figures.variantOf("plain"), 0);
  figures.chooseVariant("both", 0);
  assert.equal(figures.get("both").layout.barmode, "stack");
});

test("a chart without a variant stays as it is", () => {
  const figures = make();
  figures.chooseVariant("plain", 1);
  assert.equal(figures.get("plain").layout.barmode, "stack");
});

test("the choice of a variant outlives the figures", () => {
  const figures = make();
  figures.chooseVariant("both", 1);
  figures.replace({ plain: bars("#6ba6ff") }, "dark");
  assert.deepEqual(figures.slugs, ["plain"]);
  assert.deepEqual(figures.variants, []);
  assert.equal(figures.theme, "dark");
  figures.replace({ both: withVariant("#2b6cd4") }, "light");
  assert.deepEqual(figures.variants, ["both"]);
  assert.equal(figures.get("both").layout.barmode, "group");
});

test("new figures in the theme that is set are not recolored", () => {
  const figures = make();
  figures.replace({ plain: bars("#6ba6ff") }, "dark");
  figures.setTheme("dark");
  assert.equal(colorOf(figures.get("plain")), "#6ba6ff");
});
