/* Charts that can be drawn in other ways: the buttons of their cards, a group for each choice. */

import { drawGraph } from "./graphs.js";

/** Draws every chart as its figure says now. */
export function drawAll(figures) {
  figures.slugs.forEach((slug) => drawGraph(slug, figures.get(slug)));
}

/**
 * The place of a combination of choices among all, the last choice running fastest.
 * @param {number[]} chosen the place of each choice
 * @param {number[]} sizes how many there are of each
 */
export function variantIndex(chosen, sizes) {
  return sizes.reduce((place, size, index) => place * size + chosen[index], 0);
}

/**
 * The choices that a place stands for.
 * @param {number} place
 * @param {number[]} sizes
 */
export function choicesOf(place, sizes) {
  const chosen = [];
  [...sizes].reverse().reduce((rest, size) => {
    chosen.unshift(rest % size);
    return Math.floor(rest / size);
  }, place);
  return chosen;
}

const groupsOf = (card) => [...card.querySelectorAll("[data-choice]")];
const buttonsOf = (group) => [...group.querySelectorAll("[data-variant]")];
const sizesOf = (groups) => groups.map((group) => buttonsOf(group).length);

function showChosen(card, figures) {
  const groups = groupsOf(card);
  const chosen = choicesOf(figures.variantOf(card.dataset.card), sizesOf(groups));
  groups.forEach((group, index) =>
    buttonsOf(group).forEach((button, place) => {
      button.setAttribute("aria-pressed", String(place === chosen[index]));
    }),
  );
}

/** Presses the buttons that say which variants are shown. */
export function showChosenVariants(figures) {
  document.querySelectorAll("[data-card]:has([data-choice])").forEach((card) => showChosen(card, figures));
}

export function initVariants(figures) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-variant]");
    if (button) {
      const card = button.closest("[data-card]");
      const slug = card.dataset.card;
      const groups = groupsOf(card);
      const sizes = sizesOf(groups);
      const chosen = choicesOf(figures.variantOf(slug), sizes);
      chosen[groups.indexOf(button.closest("[data-choice]"))] = Number(button.dataset.variant);
      figures.chooseVariant(slug, variantIndex(chosen, sizes));
      showChosen(card, figures);
      drawGraph(slug, figures.get(slug));
    }
  });
}
