/*
 * `P` on a number, the heading of a column, a card or a list of records opens the passport: what the
 * number is made of. Its address is that of the number's records, under another path.
 */

import { openPanel } from "./panel.js";
import { isShortcut } from "./shortcuts.js";

/**
 * The address of the passport of the number whose records, or whose passport, stand under an
 * address; empty for any other address.
 * @param {string} address
 */
export function passportAddress(address) {
  const url = new URL(address, "http://portal.invalid");
  const found = /^(.*)\/(?:rows|passport)\/([\w-]+)\/$/.exec(url.pathname);
  return found ? `${found[1]}/passport/${found[2]}/${url.search}` : "";
}

/** The passport nearest to what has the focus: of a number itself, or of its card or list. */
function nearestPassport(focused) {
  const own = focused.closest("a.opens, [data-rows-url]");
  const address = own && passportAddress(own.dataset.rowsUrl ?? own.getAttribute("href") ?? "");
  const around = ["thead th", ".kpi, [data-card], #panel, #content"]
    .map((places) => focused.closest(places)?.querySelector(".passport-link, [data-passport]"))
    .find(Boolean);
  return address || around?.getAttribute("href") || "";
}

export function initPassports() {
  document.addEventListener("keydown", (event) => {
    if (!isShortcut(event, "p")) {
      return;
    }
    const address = nearestPassport(event.target);
    if (address) {
      event.preventDefault();
      openPanel(address, event.target);
    }
  });
}
