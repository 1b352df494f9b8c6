/*
 * The graphs in the cards. Each chart is first drawn by Plotly alone, in a slot of its own. Once
 * Dash has answered other filters, its graphs take their place: they are mounted within #charts-dash,
 * one in each slot, are moved into their cards, and stay the same nodes for the life of the page.
 */

/** What only a mouse could reach is off. The same as CONFIG in analytics/web/dash/app.py. */
const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, responsive: true };

const FIRST = "first-slot";
const GRAPH = ".js-plotly-plot";

const slots = () => document.querySelectorAll(`.slot:not(.${FIRST})`);
const holder = () => document.getElementById("charts-dash");
const placeOf = (slug) => document.querySelector(`[data-chart="${CSS.escape(slug)}"]`);
const firstGraphOf = (place) => place?.querySelector(`.${FIRST}${GRAPH}`);

/** The drawn graph in the place of a chart, or null: the first one, as long as it is there. */
export const graphIn = (place) => firstGraphOf(place) ?? place?.querySelector(GRAPH) ?? null;

/** Whether a graph is what is seen in its place: Dash's stand empty behind the first ones at first. */
export const isShown = (graph) => graphIn(graph.closest("[data-chart]")) === graph;

/** The drawn graph of a chart, or null. */
export const graphOf = (slug) => graphIn(placeOf(slug));

/** All graphs that are seen. */
export const shownGraphs = () => [...document.querySelectorAll("[data-chart]")].map(graphIn).filter(Boolean);

const layoutChanges = [];

/** Lets `change` give each layout another form before it is drawn; said before any is. */
export function onEachLayout(change) {
  layoutChanges.push(change);
}

/** A figure as Plotly gets it: in the size of its place; Plotly keeps and changes what it is given. */
const fitted = ({ data, layout }) => [
  data.map((trace) => ({ ...trace })),
  layoutChanges.reduce((changed, change) => change(changed), {
    ...layout,
    autosize: true,
    width: undefined,
    height: undefined,
  }),
];

/** Draws a figure in a graph that is drawn already. */
export function redraw(graph, figure) {
  return window.Plotly.react(graph, ...fitted(figure), CONFIG);
}

const watchers = [];
const tellDrawn = (graph) => watchers.forEach((watch) => watch(graph));

/** Calls back with each graph, once, when Plotly has drawn it; said before any is. */
export function onEachGraphDrawn(callback) {
  watchers.push(callback);
}

/** Calls back with each graph seen when all have come into new cards, which do not know them yet. */
export function onGraphsPlaced(callback) {
  document.addEventListener("portal:replaced", (event) => {
    if (event.target.id === "charts-body") {
      shownGraphs().forEach(callback);
    }
  });
}

const isAsLarge = ({ width, height }, drawn) =>
  Math.abs(width - drawn.width) <= 1 && Math.abs(height - drawn.height) <= 1;

/** Lets first graphs follow the sizes of their places, which also change without the window's. */
function followSizes(entries) {
  entries
    .filter(({ target, contentRect }) => contentRect.width && target._fullLayout)
    .filter(({ target, contentRect }) => !isAsLarge(contentRect, target._fullLayout))
    .forEach(({ target }) => window.Plotly.Plots.resize(target));
}

let sizes;

function drawFirst(place, figure) {
  const graph = document.createElement("div");
  graph.className = `slot ${FIRST}`;
  place.querySelector(".skeleton")?.remove();
  place.append(graph);
  window.Plotly.newPlot(graph, ...fitted(figure), CONFIG);
  sizes.observe(graph);
  tellDrawn(graph);
}

/** Longer than this, in milliseconds, no click should wait. */
const TURN_MS = 50;

/** Lets the browser do what waits, such as an answer to a click. */
const nextTurn = () => globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));

/** Whether somebody waits: where the browser does not tell, as soon as somebody might. */
const isAwaited = (since) =>
  navigator.scheduling?.isInputPending?.() ?? performance.now() - since > TURN_MS;

/**
 * Draws all charts for the first time: those in sight at once, so that the page is painted with
 * them, then the others, with a pause whenever somebody wants something else.
 * @param {{get: (slug: string) => object | undefined}} figures
 */
export async function drawAllFirst(figures) {
  sizes = new ResizeObserver(followSizes);
  const places = [...document.querySelectorAll("[data-chart]")].filter((place) => figures.get(place.dataset.chart));
  const isInSight = new Map(places.map((place) => [place, place.getBoundingClientRect().top < window.innerHeight]));
  const [seen, unseen] = [true, false].map((inSight) => places.filter((place) => isInSight.get(place) === inSight));
  const draw = (place) => drawFirst(place, figures.get(place.dataset.chart));
  seen.forEach(draw);
  let turn;
  for (const place of unseen) {
    if (!turn || isAwaited(turn)) {
      await nextTurn();
      turn = performance.now();
    }
    // Other filters may have come meanwhile.
    if (place.isConnected) {
      draw(place);
    }
  }
}

/** Gives a graph its figure, past Dash's callbacks. */
export function drawGraph(slug, figure) {
  const graph = firstGraphOf(placeOf(slug));
  if (graph) {
    redraw(graph, figure);
  } else if (canSetProps()) {
    window.dash_clientside.set_props(`graph-${slug}`, { figure });
  }
}

/** Resolves once `isReady` holds, asked whenever something changes within a node. */
function untilReady(node, isReady, options) {
  return new Promise((resolve) => {
    if (isReady()) {
      resolve();
      return;
    }
    const observer = new MutationObserver(() => {
      if (isReady()) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(node, { subtree: true, ...options });
  });
}

const canSetProps = () => Boolean(window.dash_clientside?.set_props);

/** Resolves once Dash has mounted its graphs. */
export async function graphsMounted() {
  await untilReady(holder(), () => canSetProps() && slots().length > 0, { childList: true });
  slots().forEach(async (slot) => {
    const graph = () => slot.querySelector(GRAPH);
    await untilReady(slot, () => graph()?.on, { childList: true, attributeFilter: ["class"] });
    tellDrawn(graph());
  });
}

/** Puts each of Dash's graphs into its card; those without a card wait out of sight. */
export function placeGraphs() {
  slots().forEach((slot) => {
    const place = placeOf(slot.id.replace("slot-", ""));
    place?.querySelector(".skeleton")?.remove();
    (place ?? holder()).append(slot);
  });
}

/** Takes all graphs out of their cards, whose HTML is about to be exchanged: the first ones for good. */
export function withdrawGraphs() {
  document.querySelectorAll(`.${FIRST}`).forEach((graph) => {
    sizes.unobserve(graph);
    window.Plotly.purge(graph);
  });
  holder().append(...slots());
}
