/* A dot that is a session or a person leads to its page. */

import { onEachGraphDrawn } from "./graphs.js";

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

/** @param {{sessions: string, people: string}} bases the addresses of the lists */
export function initPointLinks({ sessions, people }) {
  onEachGraphDrawn((graph) =>
    graph.on("plotly_click", ({ points }) => {
      const id = points[0]?.customdata;
      if (typeof id === "string" && id) {
        const isPerson = graph.layout?.meta?.opens === "person";
        location.href = isPerson ? pageUrl(people, id) + dateParams(location.search) : pageUrl(sessions, id);
      }
    }),
  );
}
