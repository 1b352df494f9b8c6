/* Paper is laid out without scripts, so the charts take their size on A4 landscape before. */

import { graphOf, redraw } from "./graphs.js";

/** Pixels. */
const PAPER_WIDTH = 1031;
const GAP = 16;
const COLUMNS = 12;
const CARD_PADDING = 18;
const CHART_HEIGHT = 160;

/**
 * The width of a chart on paper, in pixels.
 * @param {number} span the columns of its card, of 12
 */
export function widthOnPaper(span) {
  const column = (PAPER_WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
  return Math.floor(span * column + (span - 1) * GAP - CARD_PADDING);
}

/** The columns that a card's classes say ("card span-4"); all when they say none. */
export function spanOf(className) {
  return Number(/\bspan-(\d+)/.exec(className ?? "")?.[1] ?? COLUMNS);
}

function drawForPaper(graph, figure) {
  const card = graph.closest(".stack") ?? graph.closest("[data-card]");
  const size = { width: widthOnPaper(spanOf(card?.className)), height: CHART_HEIGHT, autosize: false };
  window.Plotly.react(graph, figure.data, { ...figure.layout, ...size });
}

export function initPrinting(figures) {
  const forEachGraph = (draw) =>
    figures.slugs.forEach((slug) => {
      const graph = graphOf(slug);
      if (graph) {
        draw(graph, slug);
      }
    });
  window.addEventListener("beforeprint", () =>
    forEachGraph((graph, slug) => drawForPaper(graph, figures.getLight(slug))),
  );
  window.addEventListener("afterprint", () =>
    forEachGraph((graph, slug) => {
      redraw(graph, figures.get(slug));
    }),
  );
}
