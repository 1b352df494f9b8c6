/* The filter bar: folded on phones, and the session belongs to the moderator. */
export function initFilterBar() {
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest(".filter-toggle");
    if (toggle) {
      toggle.setAttribute("aria-expanded", String(toggle.getAttribute("aria-expanded") !== "true"));
    }
  });
  // Another person has other sessions.
  document.addEventListener("change", (event) => {
    if (event.target.matches("form[data-filters] [name=moderator]")) {
      const session = event.target.form.elements.session;
      if (session) {
        session.value = "";
      }
    }
  });
}
