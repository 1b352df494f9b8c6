/* A table larger than its card can be scrolled with the keyboard too, and shows that it goes on. */

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

/** Whether columns are hidden to the right of what is seen; portal.css fades the edge there. */
export function markHiddenColumns(node) {
  node.toggleAttribute("data-more-columns", node.scrollLeft + node.clientWidth < node.scrollWidth - 1);
}

function update(node) {
  makeFocusable(node);
  markHiddenColumns(node);
}

export function initTableScrolling() {
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => update(target)));
  const observe = (within) =>
    within.querySelectorAll(".table-scroll[data-label]").forEach((node) => {
      sizes.observe(node);
      node.addEventListener("scroll", () => markHiddenColumns(node), { passive: true });
    });
  observe(document);
  document.addEventListener("portal:replaced", (event) => observe(event.target));
}
