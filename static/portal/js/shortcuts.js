/*
 * Shortcuts of a single key, in one place: what counts as a press, a list of them by "?", and the
 * switch that turns them off (WCAG 2.1.4), kept in this browser.
 */

const STORED = "portal.shortcuts";
const TYPED_INTO = "input, textarea, select, [contenteditable], dialog, [role=menu]";

/** Whether shortcuts are on, which they are until somebody turns them off. */
export function areOn(storage) {
  try {
    return storage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/**
 * Whether a key press is the shortcut: not with another key, nor where something is typed into, nor
 * while they are off.
 * @param {KeyboardEvent} event
 * @param {string} key in lower case
 * @param {Storage} storage
 */
export function isShortcut(event, key, storage = globalThis.localStorage) {
  return (
    event.key.toLowerCase() === key &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !event.defaultPrevented &&
    !event.target?.closest?.(TYPED_INTO) &&
    areOn(storage)
  );
}

function turn(on) {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Without storage they stay on.
  }
}

export function initShortcuts() {
  const dialog = document.getElementById("shortcuts");
  if (!dialog) {
    return;
  }
  // One in the dialog, one on the page of settings.
  const switches = [...document.querySelectorAll("[data-shortcuts-switch]")];
  const show = () => switches.forEach((each) => (each.checked = areOn(localStorage)));
  show();
  document.querySelectorAll("[data-shortcuts-field]").forEach((field) => (field.hidden = false));
  const open = () => {
    document.querySelectorAll("dialog[open]").forEach((other) => other.close());
    show();
    dialog.showModal();
  };
  switches.forEach((each) =>
    each.addEventListener("change", () => {
      turn(each.checked);
      show();
    }),
  );
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-shortcuts]")) {
      open();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (isShortcut(event, "?")) {
      event.preventDefault();
      open();
    }
  });
}
