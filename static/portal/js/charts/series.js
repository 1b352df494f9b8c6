/*
 * One series of a chart alone: an entry of its legend that names a series is a button. What is
 * alone stands in the address: `series=queue-by-day:Spam`, several charts joined by "|".
 */

import { onAddress, readState, replaceState } from "../page-state.js";
import { drawGraph, isShown, onEachGraphDrawn, onGraphsPlaced } from "./graphs.js";

const PARAMETER = "series";

/**
 * The series that are alone, by chart.
 * @param {string} text as in the address
 * @returns {Map<string, string>}
 */
export function parseSeries(text) {
  const parts = text.split("|").filter((part) => part.includes(":"));
  return new Map(parts.map((part) => part.split(":", 2).map(decodeURIComponent)));
}

/** @param {Map<string, string>} series */
export function formatSeries(series) {
  return [...series].map((pair) => pair.map(encodeURIComponent).join(":")).join("|");
}

/** The name of a trace as people read it: Plotly reads some HTML. */
export function nameOf({ name = "" }) {
  return name.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** A figure with one of its series alone; as it is where none has that name. */
export function isolate(figure, label) {
  if (!label || !figure?.data.some((trace) => nameOf(trace) === label)) {
    return figure;
  }
  const data = figure.data.map((trace) => (nameOf(trace) === label ? trace : { ...trace, visible: false }));
  return { ...figure, data };
}

/** Lets the legend's entries that name a series of the drawn figure be buttons. */
function makeButtons(graph, alone) {
  const card = graph.closest("[data-card]");
  const names = new Set(graph.data.map(nameOf).filter(Boolean));
  card?.querySelectorAll(".legend [data-series]").forEach((entry) => {
    const isSeries = names.has(entry.dataset.series) && names.size > 1;
    const isPressed = alone === entry.dataset.series;
    entry.toggleAttribute("data-isolates", isSeries);
    entry.closest("li").classList.toggle("is-off", Boolean(alone) && isSeries && !isPressed);
    if (!isSeries) {
      ["role", "tabindex", "aria-pressed", "title"].forEach((name) => entry.removeAttribute(name));
      return;
    }
    entry.setAttribute("role", "button");
    entry.setAttribute("tabindex", "0");
    entry.setAttribute("aria-pressed", String(isPressed));
    entry.title = isPressed ? "Show all" : "Show it alone";
  });
}

function readAddress(figures) {
  const series = parseSeries(readState(location.search, PARAMETER));
  figures.slugs.forEach((slug) => figures.isolateSeries(slug, series.get(slug) ?? ""));
}

function toggle(figures, entry) {
  const slug = entry.closest("[data-card]").dataset.card;
  const series = parseSeries(readState(location.search, PARAMETER));
  if (series.get(slug) === entry.dataset.series) {
    series.delete(slug);
  } else {
    series.set(slug, entry.dataset.series);
  }
  replaceState(PARAMETER, formatSeries(series));
  figures.isolateSeries(slug, series.get(slug) ?? "");
  drawGraph(slug, figures.get(slug));
}

/** @param {object} figures mounted, and about to be drawn: Figures, whose module imports this one */
export function initSeries(figures) {
  readAddress(figures);
  document.addEventListener("click", (event) => {
    const entry = event.target.closest("[data-isolates]");
    if (entry) {
      toggle(figures, entry);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-isolates]") && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      toggle(figures, event.target);
    }
  });
  onAddress(() => {
    const before = new Map(figures.slugs.map((slug) => [slug, figures.seriesOf(slug)]));
    readAddress(figures);
    figures.slugs
      .filter((slug) => figures.seriesOf(slug) !== before.get(slug))
      .forEach((slug) => drawGraph(slug, figures.get(slug)));
  });
  const update = (graph) => {
    const slug = graph.closest("[data-chart]")?.dataset.chart;
    if (slug && isShown(graph)) {
      makeButtons(graph, figures.seriesOf(slug));
    }
  };
  onGraphsPlaced(update);
  onEachGraphDrawn((graph) => {
    graph.on("plotly_afterplot", () => update(graph));
    update(graph);
  });
}
