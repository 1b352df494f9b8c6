/* Card menus: a button and a list, moved through with the arrow keys. */

/**
 * The place a key moves to in a menu, around its ends.
 * @param {string} key
 * @param {number} index where the focus is
 * @param {number} count
 * @returns {number | undefined} undefined for keys that do not move
 */
export function nextIndex(key, index, count) {
  switch (key) {
    case "ArrowDown":
      return (index + 1) % count;
    case "ArrowUp":
      return (index - 1 + count) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/**
 * The next label after `index`, around the end, that begins with a letter; -1 when none does.
 * @param {string[]} labels
 * @param {number} index
 * @param {string} letter
 */
export function indexOfLetter(labels, index, letter) {
  const order = labels.map((_, step) => (index + 1 + step) % labels.length).slice(0, labels.length - 1);
  return order.find((place) => labels[place].trim().toLowerCase().startsWith(letter.toLowerCase())) ?? -1;
}

/** Whether a press is the key that an entry names for itself (`data-key`). */
const isKeyOf = (item, { key, ctrlKey, metaKey, altKey }) =>
  item.dataset.key === key && !ctrlKey && !metaKey && !altKey;

const itemsOf = (list) => [...list.querySelectorAll("[role=menuitem]")];

/** Closes a menu; `focus` puts the focus back on its button. */
export function closeMenu(list, { focus = false } = {}) {
  const button = document.querySelector(`[aria-controls="${list.id}"]`);
  list.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (focus) {
    button.focus();
  }
}

function closeMenus() {
  document.querySelectorAll(".menu-list:not([hidden])").forEach((list) => closeMenu(list));
}

function openMenu(button, { last = false } = {}) {
  closeMenus();
  const list = document.getElementById(button.getAttribute("aria-controls"));
  list.hidden = false;
  button.setAttribute("aria-expanded", "true");
  itemsOf(list).at(last ? -1 : 0)?.focus();
}

function onClick(event) {
  const button = event.target.closest(".menu > button");
  if (button?.getAttribute("aria-expanded") === "false") {
    openMenu(button);
  } else if (button || !event.target.closest(".menu-list")) {
    closeMenus();
  }
}

function onListKey(event, list) {
  const items = itemsOf(list);
  const index = items.indexOf(document.activeElement);
  const moved = nextIndex(event.key, index, items.length);
  if (moved !== undefined) {
    event.preventDefault();
    items[moved].focus();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    closeMenu(list, { focus: true });
  } else if (event.key === "Tab") {
    closeMenu(list);
  } else if (items.some((item) => isKeyOf(item, event))) {
    event.preventDefault();
    items.find((item) => isKeyOf(item, event)).click();
  } else if (/^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    items[indexOfLetter(items.map((item) => item.textContent), index, event.key)]?.focus();
  }
}

function onKey(event) {
  const button = event.target.closest(".menu > button");
  const list = event.target.closest(".menu-list");
  if (button && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    openMenu(button, { last: event.key === "ArrowUp" });
  } else if (list) {
    onListKey(event, list);
  }
}

export function initMenus() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
}
