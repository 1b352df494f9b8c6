/*
 * Dash answers other filters. Its scripts are half as large as Plotly's, so they come when somebody
 * turns to the filters, not with the page.
 */

import { graphsMounted } from "./graphs.js";

/** Where somebody turns to other filters. */
const FILTERS = ".filter-bar, [data-redraw]";

let starting;
let hasFailed = false;

/** @param {number} [status] of what failed; none when the server was not reached */
const failure = (status) => Object.assign(new Error("Dash did not start."), { status });

function scriptLoaded(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(failure()));
    script.src = src;
    document.head.append(script);
  });
}

async function start() {
  const failed = new Promise((_, reject) => {
    document.addEventListener("portal:dash-failed", ({ detail }) => reject(failure(detail.status)));
  });
  await scriptLoaded(document.getElementById("charts-dash").dataset.script);
  await Promise.race([graphsMounted(), failed]);
}

/**
 * Resolves once Dash can answer; rejects when it did not start, with the status of what failed.
 * Asked once more it loads the page, which has the filters in its address: Dash starts only once.
 */
export async function dashStarted() {
  if (hasFailed) {
    location.reload();
  }
  starting ??= start();
  try {
    await starting;
  } catch (error) {
    hasFailed = true;
    throw error;
  }
}

/** Starts Dash as soon as somebody turns to the filters. */
export function initDash() {
  const kinds = ["pointerover", "focusin"];
  const onIntent = (event) => {
    if (event.target.closest?.(FILTERS)) {
      kinds.forEach((kind) => document.removeEventListener(kind, onIntent));
      starting ??= start();
      // Whoever asks for charts is told.
      starting.catch(() => {});
    }
  };
  kinds.forEach((kind) => document.addEventListener(kind, onIntent));
}
