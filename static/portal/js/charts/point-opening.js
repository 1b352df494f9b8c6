/*
 * Opens what a chart's points stand for, by click and by keyboard: a chart takes the focus, arrow
 * keys go from point to point, Enter opens, T shows the table. What is open stays marked.
 */

import { announce } from "../announce.js";
import { openPanel } from "../panel.js";
import { graphIn, isShown, onEachGraphDrawn, onGraphsPlaced, shownGraphs } from "./graphs.js";
import { isOfSeveralRows, openingOf, openPoints, pointAfterKey, pointWords } from "./points.js";

const KEYS = "Arrow keys go from one to the next, Enter opens its records, T shows the table.";
const MARK_ROOM = 3;

/** The point with the keyboard's mark, by graph. */
const marked = new WeakMap();
let openAddress = "";
let lists = { sessions: "", people: "" };

const chartOf = (graph) => graph.closest("[data-chart]");
const basesOf = (graph) => ({
  ...lists,
  rows: graph.closest("[data-card]")?.dataset.rows ?? "",
  search: location.search,
});

/** The node that Plotly draws a point as, if it draws it as one. */
function nodeOf(graph, { curve, index }) {
  if (curve === -1) {
    return graph.querySelector(".main-svg");
  }
  if (graph.data[curve].type === "pie") {
    return graph.querySelectorAll(".slice")[index] ?? null;
  }
  return (
    [...graph.querySelectorAll(".trace")]
      .filter((trace) => trace.__data__?.[0]?.trace?.index === curve)
      .flatMap((trace) => [...trace.querySelectorAll(".point")])
      .find((node) => node.__data__?.i === index) ?? null
  );
}

function showTable(graph) {
  graph.closest("[data-card]").querySelector('.menu-list [data-show="table"]')?.click();
}

function open(graph, point) {
  const { address, isRows } = openingOf(graph, point, basesOf(graph));
  if (isOfSeveralRows(graph, point)) {
    showTable(graph);
  }
  if (!address) {
    return;
  }
  if (isRows) {
    openPanel(address, chartOf(graph));
  } else {
    location.href = address;
  }
}

/** Draws the frame of the keyboard around a point. */
function showMark(graph, point) {
  const chart = chartOf(graph);
  chart.querySelector(".point-mark")?.remove();
  const box = nodeOf(graph, point)?.getBoundingClientRect();
  if (!box) {
    return;
  }
  const within = chart.getBoundingClientRect();
  const mark = document.createElement("div");
  mark.className = "point-mark";
  Object.entries({
    left: box.left - within.left - MARK_ROOM,
    top: box.top - within.top - MARK_ROOM,
    width: box.width + 2 * MARK_ROOM,
    height: box.height + 2 * MARK_ROOM,
  }).forEach(([name, value]) => mark.style.setProperty(name, `${value}px`));
  chart.append(mark);
}

function hideMark(graph) {
  marked.delete(graph);
  delete chartOf(graph)?.dataset.rowsUrl;
  chartOf(graph)?.querySelector(".point-mark")?.remove();
  window.Plotly.Fx.unhover(graph);
}

/** Moves the keyboard's mark to a point, and says what it is. */
function moveTo(graph, points, point) {
  marked.set(graph, point);
  // What the key P opens the passport of.
  const { address, isRows } = openingOf(graph, point, basesOf(graph));
  chartOf(graph).dataset.rowsUrl = isRows ? address : "";
  const { type } = graph.data[point.curve] ?? {};
  if (type === "bar" || type === "scatter") {
    window.Plotly.Fx.hover(graph, [{ curveNumber: point.curve, pointNumber: point.index }]);
  }
  showMark(graph, point);
  announce(pointWords(graph, points, point));
}

function onChartKey(event, graph) {
  const points = openPoints(graph, basesOf(graph));
  const next = pointAfterKey(points, marked.get(graph) ?? null, event.key);
  if (next) {
    event.preventDefault();
    moveTo(graph, points, next);
  } else if (event.key === "Enter" && points.length) {
    event.preventDefault();
    open(graph, marked.get(graph) ?? points[0]);
  } else if (event.key.toLowerCase() === "t") {
    showTable(graph);
  }
}

/** In the panel, arrow keys open the chart's next point, Enter all records. */
function onPanelKey(event, panel) {
  const graph = graphIn(document.querySelector("[data-chart].has-open"));
  if (event.target === panel && event.key === "Enter") {
    panel.querySelector("[data-open-all]")?.click();
  } else if (graph && ["ArrowLeft", "ArrowRight"].includes(event.key) && !event.target.closest(".table-scroll")) {
    const points = openPoints(graph, basesOf(graph));
    const next = pointAfterKey(points, pointThatIsOpen(graph) ?? null, event.key);
    if (next) {
      event.preventDefault();
      marked.set(graph, next);
      open(graph, next);
    }
  }
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const panel = event.target.closest("#panel");
  const graph = event.target.matches("[data-chart]") && graphIn(event.target);
  if (panel) {
    onPanelKey(event, panel);
  } else if (graph) {
    onChartKey(event, graph);
  }
}

function pointThatIsOpen(graph) {
  const bases = basesOf(graph);
  const isOpen = (point) => openingOf(graph, point, bases).address === openAddress;
  return openAddress ? openPoints(graph, bases).find(isOpen) : undefined;
}

/** Marks the point whose records are in the panel, and lets the chart's others step back. */
function showOpen(graph) {
  const point = pointThatIsOpen(graph);
  graph.querySelectorAll(".is-open").forEach((node) => node.classList.remove("is-open"));
  chartOf(graph)?.classList.toggle("has-open", Boolean(point));
  if (point && point.curve !== -1) {
    nodeOf(graph, point)?.classList.add("is-open");
  }
}

/** A chart with points that open can be reached by the keyboard. */
function makeReachable(graph) {
  const chart = chartOf(graph);
  const opens = openPoints(graph, basesOf(graph)).length > 0;
  chart.dataset.label ??= chart.getAttribute("aria-label");
  chart.setAttribute("role", opens ? "application" : "img");
  chart.setAttribute("aria-label", opens ? `${chart.dataset.label} ${KEYS}` : chart.dataset.label);
  chart.classList.toggle("opens-whole", Boolean(openingOf(graph, { curve: -1 }, basesOf(graph)).address));
  if (opens) {
    chart.tabIndex = 0;
  } else {
    chart.removeAttribute("tabindex");
  }
}

function pointOfEvent({ points }) {
  return { curve: points[0].curveNumber, index: points[0].pointNumber };
}

function update(graph) {
  if (!isShown(graph)) {
    return;
  }
  makeReachable(graph);
  showOpen(graph);
  if (marked.has(graph) && chartOf(graph)?.querySelector(".point-mark")) {
    showMark(graph, marked.get(graph));
  }
}

function watch(graph) {
  graph.on("plotly_afterplot", () => update(graph));
  graph.on("plotly_click", (event) => open(graph, pointOfEvent(event)));
  graph.on("plotly_hover", (event) => {
    const point = pointOfEvent(event);
    const { address } = openingOf(graph, point, basesOf(graph));
    graph.classList.toggle("opens-point", Boolean(address) || isOfSeveralRows(graph, point));
  });
  graph.on("plotly_unhover", () => graph.classList.remove("opens-point"));
  update(graph);
}

/** @param {{sessions: string, people: string}} addresses of the lists */
export function initPointOpening({ sessions, people }) {
  lists = { sessions, people };
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusout", (event) => {
    const graph = event.target.matches?.("[data-chart]") && graphIn(event.target);
    if (graph) {
      hideMark(graph);
    }
  });
  document.addEventListener("click", (event) => {
    const graph = graphIn(event.target.closest(".opens-whole"));
    if (graph) {
      open(graph, { curve: -1, index: 0 });
    }
  });
  document.addEventListener("portal:panel", ({ detail }) => {
    openAddress = detail.address;
    shownGraphs().forEach(showOpen);
  });
  onGraphsPlaced(update);
  onEachGraphDrawn(watch);
}
