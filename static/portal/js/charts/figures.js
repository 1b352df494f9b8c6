/** @typedef {import("../theme.js").Theme} Theme */

import { colorMaps, recolor } from "./recolor.js";
import { isolate } from "./series.js";

/** @typedef {{data: object[], layout: Record<string, any>}} Figure */

/**
 * The figures that a callback gave, by slug; charts without data have none.
 * @param {string[]} slugs in the order of the callback's outputs
 * @param {(Figure | undefined)[]} figures
 * @returns {Record<string, Figure>}
 */
export function figuresBySlug(slugs, figures) {
  const entries = slugs.map((slug, index) => [slug, figures[index]]);
  return Object.fromEntries(entries.filter(([, figure]) => figure?.data?.length));
}

/**
 * The figures of a page's charts, in the theme that is shown, each in the variant the reader chose.
 *
 * Some figures bring other ways to draw them along (`layout.meta.variants`); one of their series may
 * be alone. Either choice outlives the figures.
 */
export class Figures {
  #figures;
  #theme;
  #colors;
  #variants = new Map();
  #series = new Map();

  /**
   * @param {Record<string, Figure>} figures by slug
   * @param {Theme} theme the one they are drawn in
   * @param {[string, string][]} colorPairs light, dark
   */
  constructor(figures, theme, colorPairs) {
    this.#figures = figures;
    this.#theme = theme;
    this.#colors = colorMaps(colorPairs);
  }

  get slugs() {
    return Object.keys(this.#figures);
  }

  get theme() {
    return this.#theme;
  }

  /** @returns {Figure | undefined} */
  get(slug) {
    return this.#chosen(slug, this.#figures[slug]);
  }

  /** The figure in light colors, whatever the theme: for paper. */
  getLight(slug) {
    const figure = this.get(slug);
    return this.#theme === "light" ? figure : recolor(figure, this.#colors.light);
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    if (theme !== this.#theme) {
      this.#figures = recolor(this.#figures, this.#colors[theme]);
      this.#theme = theme;
    }
  }

  /** Exchanges all figures for new ones, drawn in a theme. */
  replace(figures, theme) {
    this.#figures = figures;
    this.#theme = theme;
  }

  /** @param {number} place among the ways to draw it; 0 is the figure itself */
  chooseVariant(slug, place) {
    this.#variants.set(slug, place);
  }

  variantOf(slug) {
    return this.#variants.get(slug) ?? 0;
  }

  /** @param {string} label the series that is shown alone; empty: all */
  isolateSeries(slug, label) {
    this.#series.set(slug, label);
  }

  seriesOf(slug) {
    return this.#series.get(slug) ?? "";
  }

  /** The slugs of figures that are shown in another way than they came. */
  get variants() {
    return this.slugs.filter((slug) => this.variantOf(slug) > 0 || this.seriesOf(slug));
  }

  #chosen(slug, figure) {
    return isolate(figure?.layout.meta?.variants?.[this.variantOf(slug) - 1] ?? figure, this.seriesOf(slug));
  }
}
