/*
 * `P` on a number, a card or a list of records opens the passport: what the number is made of. Its
 * address is that of the number's records, under another path.
 */

import { openPanel } from "./panel.js";
import { isShortcut } from "./shortcuts.js";

/**
 * The address of the passport of the number whose records stand under an address; empty for any
 * other address.
 * @param {string} address
 */
export function passportAddress(address) {
  const url = new URL(address, "http://portal.invalid");
  const path = url.pathname.replace(/\/rows\/([\w-]+)\/$/, "/passport/$1/");
  return path === url.pathname ? "" : path + url.search;
}

/** The passport nearest to what has the focus: of a number itself, or of its card or list. */
function nearestPassport(focused) {
  const own = focused.closest("a.opens, [data-rows-url]");
  const address = own && passportAddress(own.dataset.rowsUrl ?? own.getAttribute("href") ?? "");
  const around = focused.closest(".kpi, [data-card], #panel, #content");
  return address || around?.querySelector(".passport-link, [data-passport]")?.getAttribute("href") || "";
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
