"use strict";
/*
 * A classic script in the head, no module: it runs before the first paint, so that a closed
 * navigation does not flash open, and the typeface is there when charts measure their texts.
 */
try {
  if (localStorage.getItem("django.admin.navSidebarIsOpen") === "false") {
    document.documentElement.dataset.nav = "closed";
  }
} catch {
  /* A browser that refuses storage shows the navigation. */
}
// Else a browser asks for it when it lays out the page, and the charts wait for a frame.
document.fonts.load("12px Inter").catch(() => {});
