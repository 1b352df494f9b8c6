"use strict";
/* Runs before the first paint, so that a closed navigation does not flash open. */
try {
  if (localStorage.getItem("django.admin.navSidebarIsOpen") === "false") {
    document.documentElement.dataset.nav = "closed";
  }
} catch (error) {
  /* A browser that refuses storage shows the navigation. */
}
