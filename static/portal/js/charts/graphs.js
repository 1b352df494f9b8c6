/*
 * Dash mounts one graph a chart, in a slot each, within #charts-dash. They are moved into their
 * cards, and stay the same nodes for the life of the page.
 */

const slots = () => document.querySelectorAll(".slot");
const holder = () => document.getElementById("charts-dash");

/** The drawn graph of a chart, or null. */
export function graphOf(slug) {
  return document.querySelector(`#graph-${CSS.escape(slug)} .js-plotly-plot`);
}

/** Gives a graph its figure, past Dash's callbacks. */
export function drawGraph(slug, figure) {
  window.dash_clientside.set_props(`graph-${slug}`, { figure });
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

export const canSetProps = () => Boolean(window.dash_clientside?.set_props);

/** Resolves once Dash has mounted the graphs of these charts. */
export function graphsMounted(slugs) {
  const isMounted = () => canSetProps() && slugs.every((slug) => document.getElementById(`slot-${slug}`));
  return untilReady(holder(), isMounted, { childList: true });
}

/** Puts each graph into its card; those without a card wait out of sight. */
export function placeGraphs(body) {
  const places = new Map(
    [...body.querySelectorAll("[data-chart]")].map((place) => [`slot-${place.dataset.chart}`, place]),
  );
  slots().forEach((slot) => {
    const place = places.get(slot.id);
    place?.querySelector(".skeleton")?.remove();
    (place ?? holder()).append(slot);
  });
}

/** Takes all graphs out of their cards, whose HTML is about to be exchanged. */
export function withdrawGraphs() {
  holder().append(...slots());
}

/** Calls back with each graph, once, when Plotly has drawn it. */
export function onEachGraphDrawn(callback) {
  slots().forEach(async (slot) => {
    const graph = () => slot.querySelector(".js-plotly-plot");
    await untilReady(slot, () => graph()?.on, { childList: true, attributeFilter: ["class"] });
    callback(graph());
  });
}
