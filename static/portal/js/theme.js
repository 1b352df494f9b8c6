/** @typedef {"light" | "dark"} Theme */

const darkScheme = () => window.matchMedia("(prefers-color-scheme: dark)");

/**
 * The theme that is seen: the one chosen, or what the system prefers.
 * @param {string | undefined} chosen the admin's choice: "light", "dark" or "auto"
 * @param {boolean} prefersDark
 * @returns {Theme}
 */
export function resolveTheme(chosen, prefersDark) {
  if (chosen === "light" || chosen === "dark") {
    return chosen;
  }
  return prefersDark ? "dark" : "light";
}

/** @returns {Theme} */
export function currentTheme() {
  return resolveTheme(document.documentElement.dataset.theme, darkScheme().matches);
}

/** Dispatches "portal:theme" on the document, with {theme}, whenever another theme is seen. */
export function watchTheme() {
  let theme = currentTheme();
  const update = () => {
    if (currentTheme() !== theme) {
      theme = currentTheme();
      document.dispatchEvent(new CustomEvent("portal:theme", { detail: { theme } }));
    }
  };
  new MutationObserver(update).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  darkScheme().addEventListener("change", update);
}
