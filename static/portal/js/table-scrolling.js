/* A table larger than its card can be scrolled with the keyboard too, and shows that it goes on. */

const overflows = (node) =>
  node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1;

function makeFocusable(node) {
  const attributes = { tabindex: "0", role: "region", "aria-label": node.dataset.label };
  Object.entries(attributes).forEach(([name, value]) => {
    if (overflows(node)) {
      node.setAttribute(name, value);
    } else if (node !== document.activeElement) {
      node.removeAttribute(name);
    }
  });
}

/** Whether columns are hidden to the right of what is seen; portal.css fades the edge there. */
export function markHiddenColumns(node) {
  node.toggleAttribute("data-more-columns", node.scrollLeft + node.clientWidth < node.scrollWidth - 1);
}

/** How many columns begin beyond the right edge of what is seen. */
export function countHiddenColumns(node) {
  const { right } = node.getBoundingClientRect();
  const heads = [...node.querySelectorAll("thead th")];
  return heads.filter((head) => head.getBoundingClientRect().right > right + 1).length;
}

/** What stands above a table of which columns are hidden. */
export function hiddenColumnsWords(count) {
  return count ? `${count} more column${count === 1 ? "" : "s"} →` : "";
}

function tellHiddenColumns(node) {
  const before = node.previousElementSibling;
  const words = hiddenColumnsWords(countHiddenColumns(node));
  if (before?.classList.contains("more-columns")) {
    before.textContent = words;
  } else if (words) {
    const line = document.createElement("p");
    line.className = "more-columns";
    line.setAttribute("aria-hidden", "true");
    line.textContent = words;
    node.before(line);
  }
}

function showWhatIsHidden(node) {
  markHiddenColumns(node);
  tellHiddenColumns(node);
}

function update(node) {
  makeFocusable(node);
  showWhatIsHidden(node);
}

export function initTableScrolling() {
  const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => update(target)));
  const observe = (within) =>
    within.querySelectorAll(".table-scroll[data-label]").forEach((node) => {
      sizes.observe(node);
      node.addEventListener("scroll", () => showWhatIsHidden(node), { passive: true });
    });
  observe(document);
  document.addEventListener("portal:replaced", (event) => observe(event.target));
}
