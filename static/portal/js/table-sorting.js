/*
 * Tables: a click on a heading sorts by it; unknown values stay at the end. How the tables of cards
 * are sorted stands in the address (`sorted=`, a list of `card.column.order`).
 */

import { readState, replaceState } from "./page-state.js";

/** @typedef {"ascending" | "descending"} Order */

const UNKNOWN = ["", "—", "None"];

/**
 * What a cell is sorted by: a number where it is one, null where the value is unknown.
 * @param {string} text
 * @returns {number | string | null}
 */
export function sortValue(text) {
  if (UNKNOWN.includes(text)) {
    return null;
  }
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/**
 * Compares two sort values; unknown ones come last in either order.
 * @param {number | string | null} a
 * @param {number | string | null} b
 * @param {Order} order
 */
export function compareValues(a, b, order) {
  if (a === null || b === null) {
    return (a === null) - (b === null);
  }
  const difference =
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b), "en", { numeric: true });
  return order === "ascending" ? difference : -difference;
}

/**
 * The order that a click on a heading gives: numbers begin with the largest, texts with A; a
 * second click turns it around.
 * @param {Order | null} current
 * @param {boolean} numeric
 * @returns {Order}
 */
export function nextOrder(current, numeric) {
  const first = numeric ? "descending" : "ascending";
  const second = numeric ? "ascending" : "descending";
  return current === first ? second : first;
}

function valueOf(row, column) {
  const cell = row.cells[column];
  return sortValue(cell?.dataset.sort ?? cell?.textContent.trim() ?? "");
}

/**
 * How tables are sorted, by their cards: column and order.
 * @param {string} text as in an address
 * @returns {Map<string, {column: number, order: Order}>}
 */
export function parseSorted(text) {
  return new Map(
    text
      .split(",")
      .map((entry) => /^([\w-]+)\.(\d+)\.(ascending|descending)$/.exec(entry))
      .filter(Boolean)
      .map(([, card, column, order]) => [card, { column: Number(column), order }]),
  );
}

/** The same as in an address. */
export function sortedText(sorted) {
  return [...sorted].map(([card, { column, order }]) => `${card}.${column}.${order}`).join(",");
}

function sortBy(heading, order) {
  const body = heading.closest("table").tBodies[0];
  heading.parentElement.querySelectorAll("[aria-sort]").forEach((cell) => cell.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row, heading.cellIndex) }));
  rows.sort((a, b) => compareValues(a.value, b.value, order));
  body.append(...rows.map(({ row }) => row));
}

function remember(heading, order) {
  const card = heading.closest("[data-card]")?.dataset.card;
  if (card) {
    const sorted = parseSorted(readState(location.search, "sorted"));
    sorted.set(card, { column: heading.cellIndex, order });
    replaceState("sorted", sortedText(sorted));
  }
}

/** Sorts the tables as the address says. */
function followAddress() {
  parseSorted(readState(location.search, "sorted")).forEach(({ column, order }, card) => {
    const table = document.querySelector(`#card-${CSS.escape(card)} table.sortable`);
    const heading = table?.tHead.rows[0].cells[column];
    if (heading?.querySelector("button") && heading.getAttribute("aria-sort") !== order) {
      sortBy(heading, order);
    }
  });
}

export function initTableSorting() {
  followAddress();
  document.addEventListener("portal:replaced", followAddress);

  document.addEventListener("click", (event) => {
    const heading = event.target.closest("table.sortable thead th");
    if (heading && event.target.closest("button")) {
      const order = nextOrder(heading.getAttribute("aria-sort"), heading.classList.contains("num"));
      sortBy(heading, order);
      remember(heading, order);
    }
  });
}
