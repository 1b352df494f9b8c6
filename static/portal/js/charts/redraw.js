/*
 * Other filters: they are put into Dash's store "query", the one callback gives new figures and,
 * in the store "answer", the rest of the page as HTML, which a clientside callback of Dash
 * (`portal.apply`) hands to `applyAnswer`.
 */

import { showView } from "../cards.js";
import { rememberFocus } from "../focus.js";
import { hideLoginExpired } from "../login-expired.js";
import { filtersOf } from "../page-state.js";
import { currentTheme } from "../theme.js";
import { figuresBySlug } from "./figures.js";
import { showDashFailure } from "./dash-watch.js";
import { dashStarted } from "./dash.js";
import { drawGraph, placeGraphs, withdrawGraphs } from "./graphs.js";
import { announceUpdate, hideFailure, setBusy, showFailure } from "./status.js";
import { drawAll, showChosenVariants } from "./variants.js";

const body = () => document.getElementById("charts-body");

let requestNumber = 0;
let requestedSearch = "";
let requestedFields = new Map();

/** The filters, as in an address, that the charts show or are about to show. */
export function getRequestedSearch() {
  return requestedSearch;
}

export function setRequestedSearch(search) {
  requestedSearch = search;
}

/** Asks for the charts that the address tells. */
export async function requestCharts() {
  requestNumber += 1;
  const number = requestNumber;
  requestedSearch = filtersOf(location.search);
  requestedFields = valuesOfFields();
  setBusy(true);
  hideFailure();
  try {
    await dashStarted();
  } catch (error) {
    showDashFailure(error.status);
    return;
  }
  if (number === requestNumber) {
    // Behind the first graphs, so that the new ones are drawn in their size.
    placeGraphs();
    const data = { n: number, search: requestedSearch, theme: currentTheme() };
    window.dash_clientside.set_props("query", { data });
  }
}

/** Exchanges figures and cards for new ones; each card keeps the view it is in. */
function replaceBody(html) {
  const views = new Map([...body().querySelectorAll("[data-card]")].map((card) => [card.id, card.dataset.view]));
  withdrawGraphs();
  body().innerHTML = html;
  placeGraphs();
  body().querySelectorAll("[data-card]").forEach((card) => {
    const view = views.get(card.id);
    if (card.querySelector(`.menu-list [data-show="${view}"]`)) {
      showView(card, view);
    }
  });
  body().dispatchEvent(new CustomEvent("portal:replaced", { bubbles: true }));
}

const fields = () => [...document.querySelectorAll("form[data-filters] :is(input, select):not([type=hidden])")];
const valuesOfFields = () => new Map(fields().map(({ name, value }) => [name, value]));

/** Remembers what was typed since the charts were asked for; the function it gives types it again. */
function rememberTyped() {
  const typed = [...valuesOfFields()].filter(([name, value]) => value !== requestedFields.get(name));
  return () => typed.forEach(([name, value]) => {
    const field = fields().find((each) => each.name === name);
    // A list may have the choice no longer.
    if (field && (!field.options || [...field.options].some((option) => option.value === value))) {
      field.value = value;
    }
  });
}

function replaceHead(answer) {
  document.querySelector(".filter-bar").outerHTML = answer.fragments.filters;
  document.querySelector("[data-lead]").textContent = answer.lead;
  document.querySelector("[data-scope]").textContent = answer.subtitle;
  showDownload("[data-videos-csv]", answer.videos_url);
  showDownload("[data-workbook]", answer.workbook_url);
}

/** Lets the links lead to the download; without one they are hidden. */
function showDownload(links, url) {
  document.querySelectorAll(links).forEach((link) => {
    link.href = url;
    link.hidden = !url;
  });
}

function replacePage(answer) {
  const restoreFocus = rememberFocus(["[data-card]", "#panel", ".kpis", ".filter-bar", "#charts-body"]);
  const restoreTyped = rememberTyped();
  replaceHead(answer);
  restoreTyped();
  replaceBody(answer.fragments.body);
  hideLoginExpired();
  // Of an earlier request, which failed after this one began.
  hideFailure();
  announceUpdate();
  setBusy(false);
  restoreFocus();
}

/** Dash has drawn the figures as they came; those seen in another theme or variant are redrawn. */
function replaceFigures(figures, answer, drawn) {
  figures.replace(figuresBySlug(answer.charts, drawn), answer.theme);
  if (currentTheme() !== answer.theme) {
    figures.setTheme(currentTheme());
    drawAll(figures);
  } else {
    figures.variants.forEach((slug) => drawGraph(slug, figures.get(slug)));
  }
  showChosenVariants(figures);
}

/**
 * Shows what the callback answered.
 * @param {import("./figures.js").Figures} figures
 * @param {object} answer as `analytics/web/dash/app.py` makes it
 * @param {object[]} drawn the figures of the graphs, in the order of `answer.charts`
 */
export function applyAnswer(figures, answer, drawn) {
  if (!answer || answer.n !== requestNumber) {
    return window.dash_clientside.no_update;
  }
  if (answer.error) {
    showFailure(answer.error);
  } else {
    replacePage(answer);
    replaceFigures(figures, answer, drawn);
  }
  return answer.n;
}
