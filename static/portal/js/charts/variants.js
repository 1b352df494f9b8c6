/* Charts that can be drawn in another way: the buttons of their cards. */

import { drawGraph } from "./graphs.js";

/** Draws every chart as its figure says now. */
export function drawAll(figures) {
  figures.slugs.forEach((slug) => drawGraph(slug, figures.get(slug)));
}

const slugOf = (button) => button.closest("[data-card]").dataset.card;
const isVariantButton = (button) => button.dataset.variant === "1";

/** Presses the buttons that say which variants are shown. */
export function showChosenVariants(figures) {
  document.querySelectorAll("[data-variant]").forEach((button) => {
    const isPressed = isVariantButton(button) === figures.isVariant(slugOf(button));
    button.setAttribute("aria-pressed", String(isPressed));
  });
}

export function initVariants(figures) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-variant]");
    if (button) {
      const slug = slugOf(button);
      figures.chooseVariant(slug, isVariantButton(button));
      showChosenVariants(figures);
      drawGraph(slug, figures.get(slug));
    }
  });
}
