/* Names too many for a list: suggestions for what was typed. */

import { debounce } from "./debounce.js";

const TYPING_PAUSE_MS = 150;

/**
 * @param {string} endpoint the field's address, which may have parameters already
 * @param {string} typed
 * @param {string} base
 */
export function suggestionsUrl(endpoint, typed, base) {
  const url = new URL(endpoint, base);
  url.searchParams.set("q", typed);
  return url.href;
}

async function suggest(field) {
  const typed = field.value;
  const url = suggestionsUrl(field.dataset.suggest, typed, location.href);
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok || !response.headers.get("Content-Type")?.includes("json")) {
    return;
  }
  const { suggestions } = await response.json();
  // An answer that is late does not replace that of what was typed since.
  if (field.value === typed) {
    field.list?.replaceChildren(
      ...suggestions.map((value) => Object.assign(document.createElement("option"), { value })),
    );
  }
}

export function initSuggestions() {
  const suggestSoon = debounce(suggest, TYPING_PAUSE_MS);
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-suggest]");
    if (field) {
      suggestSoon(field);
    }
  });
}
