/* Dragging over the days of a chart narrows the page to them. Not by touch, which scrolls. */

import { filtersOf } from "../page-state.js";
import { openSearch } from "./filters.js";
import { onEachGraphDrawn } from "./graphs.js";

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

const isOverDays = (graph) => graph.layout.xaxis?.type === "date";

function allowDrag(graph) {
  if (isOverDays(graph) && graph.layout.dragmode === false) {
    window.Plotly.relayout(graph, { dragmode: "select", selectdirection: "h" });
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
  onEachGraphDrawn((graph) => {
    graph.on("plotly_afterplot", () => allowDrag(graph));
    graph.on("plotly_selected", (selected) => onSelected(graph, selected));
    allowDrag(graph);
  });
}
