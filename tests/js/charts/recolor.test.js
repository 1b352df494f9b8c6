import assert from "node:assert/strict";
import { test } from "node:test";

import { colorMaps, recolor } from "../../../static/portal/js/charts/recolor.js";

const colors = colorMaps([
  ["#2b6cd4", "#6ba6ff"],
  ["#8490a0", "#7d8b96"],
  ["rgba(31,127,139,0.16)", "rgba(79,179,190,0.22)"],
]);

test("every color of a figure becomes its partner, at any depth", () => {
  const figure = {
    data: [{ y: [1, 2.5, null], marker: { color: ["#2b6cd4", "#8490a0"] }, fillcolor: "rgba(31,127,139,0.16)" }],
    layout: { barmode: "stack", showlegend: false },
  };
  assert.deepEqual(recolor(figure, colors.dark), {
    data: [{ y: [1, 2.5, null], marker: { color: ["#6ba6ff", "#7d8b96"] }, fillcolor: "rgba(79,179,190,0.22)" }],
    layout: { barmode: "stack", showlegend: false },
  });
});

test("the figure itself stays as it was", () => {
  const figure = { marker: { color: "#2b6cd4" } };
  recolor(figure, colors.dark);
  assert.deepEqual(figure, { marker: { color: "#2b6cd4" } });
});

test("there and back gives the same", () => {
  const figure = { colors: ["#2b6cd4", "#8490a0", "rgba(31,127,139,0.16)", "#123456"] };
  assert.deepEqual(recolor(recolor(figure, colors.dark), colors.light), figure);
});

test("colors in the styles of texts are exchanged, those that are text are not", () => {
  const text = '<span style="color:#2b6cd4">#2b6cd4</span> and <b style="color:#000000">x</b>';
  assert.equal(
    recolor(text, colors.dark),
    '<span style="color:#6ba6ff">#2b6cd4</span> and <b style="color:#000000">x</b>',
  );
});

test("other colors and values stay", () => {
  assert.deepEqual(recolor(["#ffffff", 0, null, true, undefined, "bob"], colors.dark), [
    "#ffffff", 0, null, true, undefined, "bob",
  ]);
});
