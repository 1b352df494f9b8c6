"use strict";
/*
 * A classic script in the head, no module: it runs before the first paint, so that a closed
 * navigation does not flash open.
 */
try {
  if (localStorage.getItem("django.admin.navSidebarIsOpen") === "false") {
    document.documentElement.dataset.nav = "closed";
  }
} catch {
  /* A browser that refuses storage shows the navigation. */
}
