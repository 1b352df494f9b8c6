/* The navigation: a column on wide screens, a drawer on phones. */

const root = () => document.documentElement;

function initColumn(sidebar, toggle) {
  const isOpen = () => root().dataset.nav !== "closed";
  // The admin's own script sets it on the sidebar too, which is no button.
  sidebar.removeAttribute("aria-expanded");
  toggle.setAttribute("aria-expanded", String(isOpen()));
  toggle.addEventListener("click", () => {
    root().dataset.nav = isOpen() ? "closed" : "open";
    toggle.setAttribute("aria-expanded", String(isOpen()));
    sidebar.removeAttribute("aria-expanded");
    // The charts take the new width.
    window.dispatchEvent(new Event("resize"));
  });
}

function initDrawer(sidebar, opener) {
  const isOpen = () => root().classList.contains("drawer-open");
  const setOpen = (open) => {
    root().classList.toggle("drawer-open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) {
      sidebar.querySelector("[aria-current], a")?.focus();
    } else if (sidebar.contains(document.activeElement)) {
      opener.focus();
    }
  };
  opener.addEventListener("click", () => setOpen(!isOpen()));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      setOpen(false);
    }
  });
  document.addEventListener("click", (event) => {
    if (isOpen() && !event.target.closest("#nav-sidebar, #open-navigation")) {
      setOpen(false);
    }
  });
  sidebar.addEventListener("focusout", (event) => {
    if (isOpen() && event.relatedTarget && !sidebar.contains(event.relatedTarget)) {
      setOpen(false);
    }
  });
}

export function initNavigation() {
  const sidebar = document.getElementById("nav-sidebar");
  const toggle = document.getElementById("toggle-nav-sidebar");
  const opener = document.getElementById("open-navigation");
  if (sidebar && toggle) {
    initColumn(sidebar, toggle);
  }
  if (sidebar && opener) {
    initDrawer(sidebar, opener);
  }
}
