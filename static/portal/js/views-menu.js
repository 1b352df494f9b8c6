/* The menu of saved views, made of the link to their page; "V" saves what is seen now. */

import { isShortcut } from "./shortcuts.js";

// As in portal.css.
const MENU_WIDTH = 330;

/**
 * The address of the form that saves a page as it is seen now.
 * @param {string} formUrl
 * @param {{pathname: string, search: string}} place
 */
export function saveUrl(formUrl, { pathname, search }) {
  return `${formUrl}?${new URLSearchParams({ address: pathname + search })}`;
}

/**
 * Whether the menu would leave the page's content to the left, ending where its button ends.
 * @param {Element} button
 * @param {Element} content
 */
export function opensRight(button, content) {
  return button.getBoundingClientRect().right - MENU_WIDTH < content.getBoundingClientRect().left;
}

let askedTimes = 0;
let shownHtml = "";

/** Puts the entries into the menu; the one with the focus keeps it, or leaves it to the first. */
function showEntries(menu, html) {
  if (html === shownHtml) {
    return;
  }
  const place = menu.querySelector("[data-views]");
  const focused = place.contains(document.activeElement) && document.activeElement.href;
  place.innerHTML = html;
  shownHtml = html;
  if (focused) {
    const entries = [...menu.querySelectorAll("[role=menuitem]")];
    (entries.find((entry) => entry.href === focused) ?? entries[0]).focus();
  }
}

async function fillMenu(menu) {
  askedTimes += 1;
  const time = askedTimes;
  try {
    const response = await fetch(menu.dataset.viewsMenu, { redirect: "error" });
    const html = await response.text();
    // An earlier answer may come after a later one.
    if (response.ok && time === askedTimes) {
      showEntries(menu, html);
    }
  } catch {
    /* The entries below lead to the page of views. */
  }
}

export function initViewsMenu() {
  const menu = document.querySelector("[data-views-menu]");
  if (!menu) {
    return;
  }
  const save = menu.querySelector("[data-save-view]");
  const formUrl = save.getAttribute("href");
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button" });
  button.append(...menu.querySelector("a.button").childNodes);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", "views-menu");
  menu.querySelector("a.button").replaceWith(button);
  const refresh = () => {
    menu.classList.toggle("opens-right", opensRight(button, document.getElementById("content")));
    save.href = saveUrl(formUrl, location);
    fillMenu(menu);
  };
  // Before menus.js opens it.
  button.addEventListener("click", refresh);
  button.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      refresh();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (isShortcut(event, "v") && !document.querySelector("dialog[open]")) {
      location.assign(saveUrl(formUrl, location));
    }
  });
}
