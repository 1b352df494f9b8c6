/* Annotating a day: after "Annotate", a click on the day of a chart; or the key N. */

import { announce } from "../announce.js";
import { isPlainClick } from "../clicks.js";
import { isShortcut } from "../shortcuts.js";

const HALF_DAY_MS = 43_200_000;
const DAY_LENGTH = 10;

/**
 * The day at a place of a date axis.
 * @param {number} moment milliseconds, of an axis that has no zone
 * @param {boolean} isCentred whether a day stands around its midnight, as points of days do
 */
export function dayAt(moment, isCentred) {
  return new Date(moment + (isCentred ? HALF_DAY_MS : 0)).toISOString().slice(0, DAY_LENGTH);
}

/**
 * The address of the form for a day, which leads back to where it was opened.
 * @param {string} href of the card's link
 * @param {string} day empty: the link's own
 * @param {string} back path and query of the page, without the card
 */
export function annotationUrl(href, day, back) {
  const url = new URL(href);
  const card = (url.searchParams.get("next") ?? "").split("#")[1];
  if (day) {
    url.searchParams.set("start", day);
  }
  url.searchParams.set("next", card ? `${back}#${card}` : back);
  return url.href;
}

const here = () => location.pathname + location.search;
const linkOf = (card) => card?.querySelector("[data-annotate]");
const chosenCard = () => document.querySelector("[data-annotating]");

/** Ends waiting for a day. */
function stop() {
  delete chosenCard()?.dataset.annotating;
}

function open(link, day) {
  location.assign(annotationUrl(link.href, day, here()));
}

/** The day under a click on a graph; undefined beside its days. */
function dayOfClick(graph, clientX) {
  const axis = graph._fullLayout?.xaxis;
  if (axis?.type !== "date") {
    return undefined;
  }
  const place = clientX - graph.getBoundingClientRect().left - axis._offset;
  if (place < 0 || place > axis._length) {
    return undefined;
  }
  const firstX = String(graph.data.find((trace) => trace.x?.length)?.x[0] ?? "");
  return dayAt(axis.p2l(place), firstX.length <= DAY_LENGTH);
}

function onClick(event) {
  const link = event.target.closest("[data-annotate]");
  const card = link?.closest("[data-card]");
  if (link && isPlainClick(event)) {
    event.preventDefault();
    if (!card?.querySelector("[data-chart] .js-plotly-plot") || card === chosenCard()) {
      open(link, "");
      return;
    }
    stop();
    card.dataset.annotating = "yes";
    announce("Click the day to annotate, or press Annotate again to type it. Escape leaves it.");
    card.querySelector("[data-chart]").scrollIntoView({ block: "nearest" });
  }
}

/** Before the chart opens the records of the point. */
function onPointer(event) {
  const card = chosenCard();
  const graph = event.target.closest(".js-plotly-plot");
  if (!card || !graph || !card.contains(graph)) {
    return;
  }
  const day = dayOfClick(graph, event.clientX);
  if (day) {
    event.preventDefault();
    event.stopPropagation();
    open(linkOf(card), day);
  }
}

function onKey(event) {
  if (event.key === "Escape") {
    stop();
  } else if (isShortcut(event, "n")) {
    const focused = linkOf(document.activeElement?.closest("[data-card]"));
    const link = focused ?? document.querySelector("[data-annotate]");
    if (link) {
      event.preventDefault();
      open(link, "");
    }
  }
}

export function initAnnotate() {
  document.addEventListener("click", onClick);
  document.addEventListener("mousedown", onPointer, true);
  document.addEventListener("keydown", onKey);
}
