/* Tables: a click on a heading sorts by it; unknown values stay at the end. */

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

function sortBy(heading) {
  const body = heading.closest("table").tBodies[0];
  const order = nextOrder(heading.getAttribute("aria-sort"), heading.classList.contains("num"));
  heading.parentElement.querySelectorAll("[aria-sort]").forEach((cell) => cell.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
  const rows = [...body.rows].map((row) => ({ row, value: valueOf(row, heading.cellIndex) }));
  rows.sort((a, b) => compareValues(a.value, b.value, order));
  body.append(...rows.map(({ row }) => row));
}

export function initTableSorting() {
  document.addEventListener("click", (event) => {
    const heading = event.target.closest("table.sortable thead th");
    if (heading && event.target.closest("button")) {
      sortBy(heading);
    }
  });
}
