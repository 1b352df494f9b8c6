/* The form, the quick ranges, and every link to this page with other filters, without loading it. */

import { isPlainClick } from "../clicks.js";
import { filtersOf, onAddress, onceBack, withChoices, withFilters } from "../page-state.js";
import { getRequestedSearch, requestCharts, setRequestedSearch } from "./redraw.js";

/**
 * The filters of a form as in an address, without those that are empty. Of none at all something
 * stays: an address without any opens the last 4 weeks.
 * @param {Iterable<[string, string]>} entries
 */
export function searchOf(entries) {
  const filled = [...entries].filter(([, value]) => value !== "");
  return filled.length ? `?${new URLSearchParams(filled)}` : "?start=";
}

/** Whether an address is that of this page, perhaps with other filters. */
export function isSamePage(target, here) {
  return target.origin === here.origin && target.pathname === here.pathname && !target.hash;
}

/**
 * Opens this page with other filters; what is chosen on it stays so.
 * @param {string} filters as in an address
 */
export function openSearch(filters) {
  onceBack(() => {
    const search = withChoices(location.search, filters);
    if (search !== location.search) {
      history.pushState(null, "", location.pathname + search);
    }
    requestCharts();
  });
}

function onSubmit(event) {
  const form = event.target.closest("form[data-filters]");
  if (form) {
    event.preventDefault();
    openSearch(searchOf(new FormData(form)));
  }
}

function onClick(event) {
  if (event.target.closest("[data-retry]")) {
    requestCharts();
    return;
  }
  const link = event.target.closest(".filter-bar a[href], #charts-body a[href]");
  if (!link || !isPlainClick(event) || link.hasAttribute("download") || link.target) {
    return;
  }
  // Links to another way to draw a card lead back to it, for browsers without scripts.
  const redraws = link.hasAttribute("data-redraw");
  const target = new URL(redraws ? link.href.replace(/#.*/, "") : link.href);
  if (isSamePage(target, location)) {
    event.preventDefault();
    openSearch(target.search);
    if (!redraws && link.closest("#charts-body")) {
      window.scrollTo({ top: 0 });
    }
  }
}

/** @param {string} query the filters that the page opened with */
export function initFilters(query) {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  onAddress(() => {
    if (filtersOf(location.search) !== getRequestedSearch()) {
      requestCharts();
    }
  });
  // The address says which dates the page opened with, so that a copied link keeps them.
  if (filtersOf(location.search) === "" && query) {
    history.replaceState(null, "", location.pathname + withFilters(location.search, query) + location.hash);
  }
  setRequestedSearch(filtersOf(location.search));
}
