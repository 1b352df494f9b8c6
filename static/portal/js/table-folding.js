/*
 * A folded table shows its first rows in the order it is sorted by; all on demand. Which tables are
 * shown whole stands in the address (`whole=`, the cards).
 */

import { readState, replaceState } from "./page-state.js";

const cardsShownWhole = () => readState(location.search, "whole").split(",").filter(Boolean);

function unfold(button) {
  const table = button.closest(".folded");
  table.classList.remove("folded");
  const frame = table.querySelector(".table-scroll");
  // Whether it scrolls, and so takes the focus by Tab, is known only once it is laid out.
  if (document.activeElement === button) {
    frame.tabIndex = -1;
    frame.focus({ preventScroll: true });
  }
  button.closest("p").remove();
}

/** Shows those tables whole that the address names. */
function followAddress() {
  cardsShownWhole().forEach((card) => {
    const button = document.querySelector(`#card-${CSS.escape(card)} [data-show-all]`);
    if (button) {
      unfold(button);
    }
  });
}

export function initTableFolding() {
  followAddress();
  document.addEventListener("portal:replaced", followAddress);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-show-all]");
    if (button) {
      const card = button.closest("[data-card]")?.dataset.card;
      unfold(button);
      if (card) {
        replaceState("whole", [...new Set([...cardsShownWhole(), card])].join(","));
      }
    }
  });
}
