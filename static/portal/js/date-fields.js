/* Dates read as on the rest of the page, whatever the browser's own order of day and month. */

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const FIELDS = ":is(.filter-field, .filter-form) input[type=date]";

/**
 * @param {string} value an ISO date, or empty
 * @returns {string} "1 Mar 2026", or "Any"
 */
export function formatDate(value) {
  if (!value) {
    return "Any";
  }
  const [year, month, day] = value.split("-").map(Number);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

export function initDateFields() {
  // The style sheet shows the text over the browser's own, which only these can hide.
  if (!CSS.supports("selector(::-webkit-datetime-edit)")) {
    return;
  }
  const update = (field) => {
    field.dataset.formatted = formatDate(field.value);
  };
  const updateAll = () => document.querySelectorAll(FIELDS).forEach(update);
  updateAll();
  document.addEventListener("portal:replaced", updateAll);
  document.addEventListener("input", (event) => {
    if (event.target.matches(FIELDS)) {
      update(event.target);
    }
  });
}
