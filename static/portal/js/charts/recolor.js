/* Themes: every color of a figure has one partner in the other theme. */

/** @typedef {import("../theme.js").Theme} Theme */

const COLOR_IN_STYLE = /(color:)(#[\da-f]{6})/g;

/**
 * For each theme, its color for a color of the other theme.
 * @param {[string, string][]} pairs light, dark
 * @returns {Record<Theme, Map<string, string>>}
 */
export function colorMaps(pairs) {
  return {
    dark: new Map(pairs),
    light: new Map(pairs.map(([light, dark]) => [dark, light])),
  };
}

/**
 * A copy of a figure, or of any part of one, with its colors exchanged: values that are a color,
 * and colors in the style attributes of its texts.
 * @template T
 * @param {T} value
 * @param {Map<string, string>} colors
 * @returns {T}
 */
export function recolor(value, colors) {
  if (typeof value === "string") {
    return (
      colors.get(value) ??
      value.replace(COLOR_IN_STYLE, (_, property, color) => property + (colors.get(color) ?? color))
    );
  }
  if (Array.isArray(value)) {
    return value.map((item) => recolor(item, colors));
  }
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recolor(item, colors)]));
  }
  return value;
}
