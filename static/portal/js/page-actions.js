/* On a phone, what one does with a page stands after what it says; elsewhere in its head. */

/** As in portal.css. */
const PHONE = "(max-width: 767px)";

export function initPageActions() {
  const actions = document.querySelector(".page-actions");
  const head = actions?.parentElement;
  const content = document.querySelector("#content");
  if (!head || !content) {
    return;
  }
  const phone = window.matchMedia(PHONE);
  const place = () => {
    const parent = phone.matches ? content : head;
    // Whatever is moved loses the focus.
    if (actions.parentElement !== parent) {
      const focused = actions.contains(document.activeElement) ? document.activeElement : null;
      parent.append(actions);
      focused?.focus({ preventScroll: true });
    }
  };
  phone.addEventListener("change", place);
  place();
}
