/* Dragging over the days of a chart narrows the page to them. Not by touch, which scrolls. */

import { filtersOf } from "../page-state.js";
import { openSearch } from "./filters.js";
import { onEachGraphDrawn, onEachLayout } from "./graphs.js";

const DAY_LENGTH = 10;
const DAY_MS = 86_400_000;

const dayOf = (ms) => new Date(ms).toISOString().slice(0, DAY_LENGTH);

/** A moment of a date axis, which has no zone, in milliseconds. */
const readMoment = (text) => Date.parse(`${text.replace(" ", "T").slice(0, 19).padEnd(DAY_LENGTH, "0")}Z`);

/**
 * The days of a range on a date axis, as `[start, end]`, or null without any.
 * @param {[string, string]} range moments as Plotly writes them
 * @param {boolean} isDaily whether a point stands for a day, at its midnight: those within count
 */
export function daysOfRange(range, isDaily) {
  const [from, to] = range.map((moment) => readMoment(String(moment))).sort((a, b) => a - b);
  if (Number.isNaN(from) || Number.isNaN(to)) {
    return null;
  }
  const start = isDaily ? Math.ceil(from / DAY_MS) * DAY_MS : from;
  return start > to ? null : [dayOf(start), dayOf(to)];
}

/** The filters of an address over other days. */
export function searchOfDays(search, [start, end]) {
  const params = new URLSearchParams(filtersOf(search));
  params.set("start", start);
  params.set("end", end);
  return `?${params}`;
}

const DRAG = { dragmode: "select", selectdirection: "h" };

const needsDrag = (layout) => layout.xaxis?.type === "date" && layout.dragmode === false;

/** A layout whose days can be dragged over, if it has any. */
export const withDayDrag = (layout) => (needsDrag(layout) ? { ...layout, ...DRAG } : layout);

/** For graphs that Dash drew: a second drawing, which the portal's own are spared. */
function allowDrag(graph) {
  if (needsDrag(graph.layout)) {
    window.Plotly.relayout(graph, DRAG);
  }
}

function onSelected(graph, selected) {
  if (!selected?.range?.x) {
    return;
  }
  const firstX = String(graph.data.find((trace) => trace.x?.length)?.x[0] ?? "");
  const days = daysOfRange(selected.range.x, firstX.length <= DAY_LENGTH);
  window.Plotly.restyle(graph, { selectedpoints: [null] });
  window.Plotly.relayout(graph, { selections: [] });
  if (days) {
    openSearch(searchOfDays(location.search, days));
  }
}

export function initDayDrag() {
  if (!window.matchMedia("(pointer: fine)").matches) {
    return;
  }
  onEachLayout(withDayDrag);
  onEachGraphDrawn((graph) => {
    graph.on("plotly_afterplot", () => allowDrag(graph));
    graph.on("plotly_selected", (selected) => onSelected(graph, selected));
    allowDrag(graph);
  });
}
