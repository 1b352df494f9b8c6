/* The plan of a sample follows its form; without this the form's button does it. */

import { rememberFocus } from "./focus.js";

/**
 * The address of a form with what is filled in.
 * @param {Iterable<[string, string]>} fields
 */
export function formAddress(fields, action) {
  const filled = [...fields].filter(([, value]) => value !== "");
  return `${action}?${new URLSearchParams(filled)}`;
}

/** Put what was typed into the form for drawing into the one that takes its place. */
function keepTyped(shown, fresh) {
  for (const field of shown.querySelectorAll("input:not([type=hidden])")) {
    const same = fresh.querySelector(`[name="${field.name}"]`);
    if (same) {
      same.value = field.value;
      same.checked = field.checked;
    }
  }
}

export function initSamplePlan() {
  const form = document.querySelector("form[data-plan]");
  if (!form) {
    return;
  }
  let newest = 0;
  const follow = async () => {
    const address = formAddress(new FormData(form), location.pathname);
    const mine = ++newest;
    let html;
    try {
      const response = await fetch(address);
      // Whatever is wrong with a field is said beside it, by the page itself.
      html = response.ok && !response.redirected ? await response.text() : "";
    } catch {
      html = "";
    }
    if (mine !== newest) {
      return;
    }
    if (!html) {
      form.requestSubmit();
      return;
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    const restoreFocus = rememberFocus(["[data-plan-draw]", "[data-plan-result]"]);
    for (const part of ["[data-plan-result]", "[data-plan-draw]", "[data-scope]"]) {
      const shown = document.querySelector(part);
      const fresh = page.querySelector(part);
      if (shown && fresh) {
        keepTyped(shown, fresh);
        shown.replaceWith(fresh);
        fresh.dispatchEvent(new CustomEvent("portal:replaced", { bubbles: true }));
      }
    }
    restoreFocus();
    history.replaceState(history.state, "", address);
  };
  form.addEventListener("change", follow);
}
