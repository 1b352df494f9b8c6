/*
 * The points of a chart that open something: bars, slices, points, bins their records, dots of
 * sessions and people their pages. analytics/figures/opening.py says how a figure tells it.
 */

/**
 * @typedef {{curve: number, index: number}} Point a point of the trace `curve`; the whole chart is
 *   the trace -1
 * @typedef {{data: object[], layout: object}} Graph
 * @typedef {{rows: string, sessions: string, people: string, search: string}} Bases the address of
 *   the card's records, of the lists, and of the page the parameters
 */

/** A segment of an address that browsers would resolve is written `~.`, and a leading `~` doubled. */
const escapeSegment = (id) => (id === "." || id === ".." || id.startsWith("~") ? `~${id}` : id);

/**
 * @param {string} base the address of the list
 * @param {string} id which may have slashes
 */
export function pageUrl(base, id) {
  return `${base}${encodeURIComponent(escapeSegment(id)).replaceAll("%2F", "/")}/`;
}

/** The dates of an address, for a page over the same; `?start=` stands for all dates. */
export function dateParams(search) {
  const dates = [...new URLSearchParams(search)].filter(([name]) => name === "start" || name === "end");
  return `?${new URLSearchParams(dates.length ? dates : [["start", ""]])}`;
}

/** The address of the records that `meta` and the values of its keys name; empty without a base. */
export function rowsAddress(base, meta, values) {
  if (!base) {
    return "";
  }
  const url = new URL(base, "http://portal");
  if (meta.metric) {
    url.pathname = url.pathname.replace(/[^/]+\/$/, `${meta.metric}/`);
  }
  meta.keys.forEach((name, place) => url.searchParams.set(name, values[place]));
  Object.entries(meta.params).forEach(([name, value]) => url.searchParams.set(name, value));
  return url.pathname + url.search;
}

/**
 * What a point opens: the address, and whether it is of records. An empty address: nothing.
 * @param {Graph} graph
 * @param {Point} point
 * @param {Bases} bases
 */
export function openingOf(graph, { curve, index }, bases) {
  const chartMeta = graph.layout?.meta ?? {};
  if (curve === -1) {
    return { address: chartMeta.params ? rowsAddress(bases.rows, chartMeta, []) : "", isRows: true };
  }
  const trace = graph.data[curve];
  const values = trace?.customdata?.[index];
  if (trace?.meta?.params && Array.isArray(values)) {
    return { address: rowsAddress(bases.rows, trace.meta, values), isRows: true };
  }
  if (typeof values !== "string" || !values || !bases.sessions) {
    return { address: "", isRows: false };
  }
  const isPerson = chartMeta.opens === "person";
  const address = isPerson ? pageUrl(bases.people, values) + dateParams(bases.search) : pageUrl(bases.sessions, values);
  return { address, isRows: false };
}

/** Whether a point stands for several rows, which only the table has one by one. */
export function isOfSeveralRows(graph, { curve, index }) {
  const trace = graph.data[curve];
  return Boolean(trace?.meta?.params) && trace.customdata?.[index] === null;
}

/**
 * The points that open something, trace by trace.
 * @returns {Point[]}
 */
export function openPoints(graph, bases) {
  const ofTrace = (trace, curve) =>
    (trace.visible ?? true) === true ? [...(trace.customdata ?? []).keys()].map((index) => ({ curve, index })) : [];
  const points = [{ curve: -1, index: 0 }, ...graph.data.flatMap(ofTrace)];
  return points.filter((point) => openingOf(graph, point, bases).address);
}

const placeOf = (points, { curve, index }) =>
  points.findIndex((point) => point.curve === curve && point.index === index);

/** The point of another trace next to one: at the same place, or the last before it. */
function acrossTraces(points, current, step) {
  const curves = [...new Set(points.map((point) => point.curve))];
  const curve = curves[curves.indexOf(current.curve) + step];
  const others = points.filter((point) => point.curve === curve);
  return others.find((point) => point.index === current.index) ?? others.at(-1);
}

/**
 * The point that a key moves to; undefined for keys that do not move, and at the ends.
 * @param {Point[]} points
 * @param {Point | null} current
 * @param {string} key
 */
export function pointAfterKey(points, current, key) {
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key)) {
    return undefined;
  }
  const place = current ? placeOf(points, current) : -1;
  if (key === "End") {
    return points.at(-1);
  }
  if (key === "Home" || place === -1) {
    return points[0];
  }
  switch (key) {
    case "ArrowRight":
      return points[place + 1];
    case "ArrowLeft":
      return points[place - 1];
    default:
      return acrossTraces(points, current, key === "ArrowUp" ? 1 : -1);
  }
}

/** What is said of a point: the text of its hover without marks, and its place. */
export function pointWords(graph, points, point) {
  const text = graph.data[point.curve]?.hovertext?.[point.index] ?? "";
  const words = text.replace(/<br\s*\/?>/g, ", ").replace(/<[^>]+>/g, "");
  const plain = words.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return [plain, `${placeOf(points, point) + 1} of ${points.length}`].filter(Boolean).join("; ");
}
