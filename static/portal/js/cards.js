/*
 * A card as chart, as table, or with its definition. Which ones are shown otherwise than they open
 * stands in the address (`card_view=`, a list of `card.view`).
 */

import { closeMenu } from "./menus.js";
import { onAddress, readState, replaceState } from "./page-state.js";

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

const STATE = "card_view";

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

/**
 * The views that an address names, by card.
 * @param {string} text
 * @returns {Record<string, View>}
 */
export function readViews(text) {
  const views = text.split(",").map((entry) => entry.split("."));
  return Object.fromEntries(views.filter(([card, view]) => card && ["chart", "table", "definition"].includes(view)));
}

/**
 * The views of an address with another one of a card; the view that it opens with is left out.
 * @param {string} text
 * @param {string} card
 * @param {View} view
 * @param {boolean} hasChart
 */
export function writeView(text, card, view, hasChart) {
  const views = { ...readViews(text), [card]: view };
  if (view === (hasChart ? "chart" : "table")) {
    delete views[card];
  }
  return Object.entries(views)
    .map((entry) => entry.join("."))
    .join(",");
}

/** Shows the cards as the address says. */
function followAddress() {
  const views = readViews(readState(location.search, STATE));
  document.querySelectorAll("[data-card]").forEach((card) => {
    const base = card.dataset.hasChart === "yes" ? "chart" : "table";
    const view = views[card.dataset.card] ?? base;
    if (view !== card.dataset.view) {
      showView(card, view);
    }
  });
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
    const { card: slug, hasChart } = card.dataset;
    replaceState(STATE, writeView(readState(location.search, STATE), slug, view, hasChart === "yes"));
    const next = card.querySelector(".card-back:not([hidden]) button") ?? card.querySelector(".menu > button");
    next?.focus({ preventScroll: true });
  }
}

export function initCards() {
  followAddress();
  document.addEventListener("portal:replaced", followAddress);
  onAddress(followAddress);
  document.addEventListener("click", onClick);
}
