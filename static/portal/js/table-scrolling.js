/* A table larger than its card can be scrolled with the keyboard too. */

const overflows = (node) =>
  node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1;

function makeFocusable(node) {
  const attributes = { tabindex: "0", role: "region", "aria-label": node.dataset.label };
  Object.entries(attributes).forEach(([name, value]) => {
    if (overflows(node)) {
      node.setAttribute(name, value);
    } else {
      node.removeAttribute(name);
    }
  });
}

export function initTableScrolling() {
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => makeFocusable(target)));
  const observe = (within) =>
    within.querySelectorAll(".table-scroll[data-label]").forEach((node) => sizes.observe(node));
  observe(document);
  document.addEventListener("portal:replaced", (event) => observe(event.target));
}
