/* Checking by keyboard: every key stands for something on the page that a click does too. */

import { isShortcut } from "./shortcuts.js";

const VERDICTS = { a: "accepted", q: "rejected", u: "unsure" };
const LINKS = {
  o: "[data-open-video]",
  arrowleft: "[data-back]",
  arrowright: "[data-forth]",
  s: "[data-put-off]",
};

/**
 * What a key is to do: a verdict, the number of a reason, the selector of what it clicks, or a word.
 * @param {KeyboardEvent} event
 * @param {Storage} storage
 * @returns {{verdict?: string, reason?: number, click?: string, note?: boolean, save?: boolean}}
 */
export function actionOf(event, storage) {
  const key = event.key.toLowerCase();
  if (!isShortcut(event, key, storage)) {
    return {};
  }
  if (Object.hasOwn(VERDICTS, key)) {
    return { verdict: VERDICTS[key] };
  }
  if (/^[1-9]$/.test(key)) {
    return { reason: Number(key) };
  }
  if (Object.hasOwn(LINKS, key)) {
    return { click: LINKS[key] };
  }
  if (key === "n") {
    return { note: true };
  }
  return key === "enter" ? { save: true } : {};
}

/** A press on one of the verdicts, as if it were outside of the form; arrows stay theirs. */
function outsideVerdicts(event) {
  if (!event.target.matches?.("input[type=radio]") || event.key.startsWith("Arrow")) {
    return event;
  }
  const { key, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  return { key, ctrlKey, metaKey, altKey, defaultPrevented, target: null };
}

/** Do it; false where there is nothing to do. */
function carryOut(action, form) {
  if (action.verdict) {
    form.querySelector(`[name=verdict][value=${action.verdict}]`).click();
    return true;
  }
  if (action.reason) {
    const reason = document.querySelectorAll("[data-reason]")[action.reason - 1];
    if (reason) {
      form.elements.reason.value = reason.dataset.reason;
    }
    return Boolean(reason);
  }
  // What was sent is on its way, which another page would cut short.
  if (action.click && !form.dataset.sent) {
    const clicked = document.querySelector(action.click);
    clicked?.click();
    return Boolean(clicked);
  }
  if (action.note) {
    form.elements.note.focus();
    return true;
  }
  if (action.save && !document.activeElement?.matches("a, button, summary")) {
    form.requestSubmit();
    return true;
  }
  return false;
}

export function initChecking() {
  const form = document.querySelector("form[data-checking]");
  if (!form) {
    return;
  }
  document.addEventListener("keydown", (event) => {
    const action = actionOf(outsideVerdicts(event), globalThis.localStorage);
    if (carryOut(action, form)) {
      event.preventDefault();
    }
  });
  // Sent once, however often a key is pressed.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
    }
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
