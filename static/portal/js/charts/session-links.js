/* A dot that is a session leads to its page. */

import { onEachGraphDrawn } from "./graphs.js";

/**
 * @param {string} base the address of the list of sessions
 * @param {string} id which may have slashes
 */
export function sessionUrl(base, id) {
  return `${base}${encodeURIComponent(id).replaceAll("%2F", "/")}/`;
}

/** @param {string} base the address of the list of sessions */
export function initSessionLinks(base) {
  onEachGraphDrawn((graph) =>
    graph.on("plotly_click", ({ points }) => {
      const id = points[0]?.customdata;
      if (typeof id === "string" && id) {
        location.href = sessionUrl(base, id);
      }
    }),
  );
}
