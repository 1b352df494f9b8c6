/* A card as chart, as table, or with its definition. */

import { closeMenu } from "./menus.js";

/** @typedef {"chart" | "table" | "definition"} View */

/**
 * Which parts of a card are hidden in a view.
 * @param {View} view
 * @param {boolean} hasChart
 */
export function hiddenParts(view, hasChart) {
  const base = hasChart ? "chart" : "table";
  return {
    main: view === "definition" || (hasChart && view === "table"),
    table: view !== "table",
    state: view === "definition",
    notes: view === "definition",
    definition: view !== "definition",
    back: view === base,
  };
}

const PARTS = {
  main: ".card-main",
  table: ".card-table",
  state: ".card-body > .state",
  notes: ".card-notes",
  definition: ".card-definition",
  back: ".card-back",
};

/**
 * @param {HTMLElement} card
 * @param {View} view
 */
export function showView(card, view) {
  const hidden = hiddenParts(view, card.dataset.hasChart === "yes");
  Object.entries(PARTS).forEach(([name, selector]) => {
    const part = card.querySelector(selector);
    if (part) {
      part.hidden = hidden[name];
    }
  });
  card.dataset.view = view;
  const subtitle = card.querySelector("[data-subtitle]");
  subtitle.dataset.subtitle ||= subtitle.textContent;
  subtitle.textContent = hidden.back ? subtitle.dataset.subtitle : subtitle.dataset[`${view}Subtitle`];
}

function onClick(event) {
  const control = event.target.closest("[data-show], .menu-list [role=menuitem]");
  const card = control?.closest("[data-card]");
  if (!card) {
    return;
  }
  const list = control.closest(".menu-list");
  if (list) {
    closeMenu(list, { focus: true });
  }
  const view = control.dataset.show;
  if (view) {
    showView(card, view);
    const next = card.querySelector(".card-back:not([hidden]) button") ?? card.querySelector(".menu > button");
    next?.focus({ preventScroll: true });
  }
}

export function initCards() {
  document.addEventListener("click", onClick);
}
