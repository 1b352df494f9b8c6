/*
 * The charts of a page. The server draws the page with its figures as JSON; Dash mounts an empty
 * graph a chart; here each graph is put into its card and handed its figure, so that no callback
 * runs at first. docs/charts.md has the whole picture.
 */

import "./portal.js";
import { initAnnotate } from "./charts/annotate.js";
import { initCallbackWatch } from "./charts/callback-watch.js";
import { initDayDrag } from "./charts/day-drag.js";
import { Figures } from "./charts/figures.js";
import { initFilters } from "./charts/filters.js";
import { graphsMounted, placeGraphs } from "./charts/graphs.js";
import { initPictures } from "./charts/pictures.js";
import { initPointOpening } from "./charts/point-opening.js";
import { initPrinting } from "./charts/printing.js";
import { applyAnswer } from "./charts/redraw.js";
import { initSeries } from "./charts/series.js";
import { drawAll, initVariants } from "./charts/variants.js";
import { currentTheme } from "./theme.js";

const readJson = (id) => JSON.parse(document.getElementById(id).textContent);
const body = document.getElementById("charts-body");
const figures = new Figures(readJson("charts-figures"), "light", readJson("charts-colors"));

function drawInTheme() {
  figures.setTheme(currentTheme());
  drawAll(figures);
}

async function drawFirst() {
  await Promise.all([graphsMounted(figures.slugs), document.fonts.ready]);
  placeGraphs(body);
  initSeries(figures);
  drawInTheme();
  initPointOpening(body.dataset);
  initDayDrag();
  document.documentElement.dataset.charts = "drawn";
}

window.dash_clientside ??= {};
window.dash_clientside.portal = { apply: (answer, ...drawn) => applyAnswer(figures, answer, drawn) };
initCallbackWatch();
initFilters(body.dataset.query);
initVariants(figures);
initPictures();
initAnnotate();
initPrinting(figures);
document.addEventListener("portal:theme", drawInTheme);
drawFirst();
