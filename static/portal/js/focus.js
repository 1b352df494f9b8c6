/* Keeps the place of somebody at the keyboard while the HTML that has the focus is exchanged. */

const FOCUSABLE = "a[href], button, input, select, summary, textarea, [tabindex]";

/**
 * Remembers what has the focus within a part of the page. The function it gives puts the focus there
 * again once the HTML is exchanged: to what has the same id or comes at the same place, or near it.
 * @param {string[]} parts selectors of what is exchanged, or of parts of it
 */
export function rememberFocus(parts) {
  const active = document.activeElement;
  const part = active?.closest(parts.join());
  if (!part) {
    return () => {};
  }
  const selector = part.id ? `#${CSS.escape(part.id)}` : parts.find((each) => part.matches(each));
  const place = [...part.querySelectorAll(FOCUSABLE)].indexOf(active);
  return () => {
    if (active.isConnected) {
      return;
    }
    const fresh = document.querySelector(selector);
    const near = [
      document.getElementById(active.id),
      fresh?.querySelectorAll(FOCUSABLE)[place],
      fresh?.querySelector(".menu > button"),
      fresh,
    ];
    const focused = near.filter(Boolean).find((node) => {
      node.focus({ preventScroll: true });
      return document.activeElement === node;
    });
    if (focused?.value === active.value && (active.selectionStart ?? null) !== null) {
      focused.setSelectionRange(active.selectionStart, active.selectionEnd);
    }
  };
}
