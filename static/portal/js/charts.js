/*
 * The charts of a page. The server draws the page with its figures as JSON; here Plotly draws them.
 * Dash answers other filters, and comes when somebody turns to them. docs/charts.md has the whole
 * picture.
 */

import { initAnnotate } from "./charts/annotate.js";
import { initDashWatch } from "./charts/dash-watch.js";
import { initDash } from "./charts/dash.js";
import { initDayDrag } from "./charts/day-drag.js";
import { Figures } from "./charts/figures.js";
import { initFilters } from "./charts/filters.js";
import { drawAllFirst } from "./charts/graphs.js";
import { initPictures } from "./charts/pictures.js";
import { initPointOpening } from "./charts/point-opening.js";
import { initPrinting } from "./charts/printing.js";
import { applyAnswer } from "./charts/redraw.js";
import { initSeries } from "./charts/series.js";
import { drawAll, initVariants } from "./charts/variants.js";
import { initPage } from "./page.js";
import { currentTheme } from "./theme.js";

/** Of a figure's texts. */
const TYPEFACE = "12px Inter";

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);
const body = document.getElementById("charts-body");
const figures = new Figures(readJson("charts-figures"), "light", readJson("charts-colors"));

function drawInTheme() {
  figures.setTheme(currentTheme());
  drawAll(figures);
}

async function drawFirst() {
  figures.setTheme(currentTheme());
  // Texts are measured. Where the typeface is there, not even a moment is lost.
  if (!document.fonts.check(TYPEFACE)) {
    await document.fonts.ready;
  }
  await drawAllFirst(figures);
  document.documentElement.dataset.charts = "drawn";
}

window.dash_clientside ??= {};
window.dash_clientside.portal = { apply: (answer, ...drawn) => applyAnswer(figures, answer, drawn) };
initDashWatch();
initFilters(body.dataset.query);
initVariants(figures);
initPictures();
initAnnotate();
initPrinting(figures);
initSeries(figures);
initPointOpening(body.dataset);
initDayDrag();
initDash();
document.addEventListener("portal:theme", drawInTheme);
drawFirst();
// The charts in sight come first; nothing was painted yet that could be clicked.
queueMicrotask(initPage);
