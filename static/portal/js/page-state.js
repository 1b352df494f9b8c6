/*
 * What the address says of a page beside its filters: what is opened and chosen on it. The server
 * leaves these parameters aside (`PAGE_STATE` in analytics/presentation/context.py).
 */

/** The names of the parameters; the filters are all others. */
export const PAGE_STATE = ["card_view", "panel", "series", "sorted", "whole"];

/** An address's parameters as text, with its question mark; empty without any. */
function searchText(params) {
  const text = String(params);
  return text && `?${text}`;
}

/** The filters of an address, without what is opened and chosen. */
export function filtersOf(search) {
  const params = new URLSearchParams(search);
  PAGE_STATE.forEach((name) => params.delete(name));
  return searchText(params);
}

/** What an address says under a name; empty when nothing. */
export function readState(search, name) {
  return new URLSearchParams(search).get(name) ?? "";
}

/** An address's parameters with a value under a name; an empty value takes it away. */
export function withState(search, name, value) {
  const params = new URLSearchParams(search);
  params.delete(name);
  if (value) {
    params.set(name, value);
  }
  return searchText(params);
}

/** Other filters with what is opened and chosen now. */
export function withFilters(search, filters) {
  return PAGE_STATE.reduce((result, name) => withState(result, name, readState(search, name)), filtersOf(filters));
}

const followers = [];
/** While the browser goes back: the address that is to be then, and what waits until it is. */
let back = null;

function onPopState() {
  const { search, changes } = back ?? { changes: [] };
  if (back) {
    back = null;
    history.replaceState(history.state, "", location.pathname + search + location.hash);
  }
  changes.forEach((change) => change());
  followers.forEach((follow) => follow());
}

/** Calls back whenever Back or Forward changed the address. */
export function onAddress(follow) {
  if (!followers.length) {
    window.addEventListener("popstate", onPopState);
  }
  followers.push(follow);
}

/** Changes the address: now or, while the browser goes back, as soon as it has. */
export function onceBack(change) {
  if (back) {
    back.changes.push(change);
  } else {
    change();
  }
}

/** Goes back from what was opened on this page to the page without it, whose address becomes `search`. */
export function goBack(search) {
  back = { search, changes: [] };
  history.back();
}

/** Writes a value under a name into the page's address; nothing is loaded, nothing added to go back to. */
export function replaceState(name, value) {
  onceBack(() => {
    const search = withState(location.search, name, value);
    history.replaceState(history.state, "", location.pathname + search + location.hash);
  });
}

/** Other filters with what is chosen now, and nothing opened. */
export function withChoices(search, filters) {
  return withState(withFilters(search, filters), "panel", "");
}
