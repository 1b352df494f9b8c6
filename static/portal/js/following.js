/*
 * Filters that follow: links with `data-follows` (the names of the filters that their page takes)
 * take over those of this page. The server writes them so too (analytics/presentation/following.py);
 * here they keep up with charts that change the address, and pages without filters hand on those of
 * the page before.
 */

import { filtersOf, onAddress } from "./page-state.js";

const KEY = "portal.following";
const ALL_DATES = "?start=";

/**
 * The filters of an address that a page taking `names` goes on with, as in an address.
 * @param {string} search
 * @param {string[]} names
 */
export function followingSearch(search, names) {
  const params = new URLSearchParams(search);
  const found = names.filter((name) => params.get(name)).map((name) => [name, params.get(name)]);
  if (!found.length) {
    return params.has("start") && names.includes("start") ? ALL_DATES : "";
  }
  const isTeam = found.some(([name]) => name === "team");
  return `?${new URLSearchParams(found.filter(([name]) => !(isTeam && name === "moderator")))}`;
}

/** What a person reads of the filters that stay. */
export function followingWords(search) {
  const params = new URLSearchParams(search);
  const dates = [params.get("start"), params.get("end")].filter(Boolean).join(" – ");
  return [params.get("moderator"), params.get("team") ? "the team" : "", dates].filter(Boolean).join(", ");
}

/** The filters that follow from here, and whether they are only handed on. */
function currentFilters(sidebar) {
  const isKnown = !("handsOn" in sidebar.dataset);
  if (isKnown && document.getElementById("charts-body")) {
    return { search: filtersOf(location.search), isHandedOn: false };
  }
  if (isKnown && (sidebar.dataset.following || document.querySelector("form[data-filters]"))) {
    return { search: sidebar.dataset.following, isHandedOn: false };
  }
  return { search: sessionStorage.getItem(KEY) ?? "", isHandedOn: true };
}

function follow(sidebar) {
  const { search, isHandedOn } = currentFilters(sidebar);
  if (!isHandedOn) {
    sessionStorage.setItem(KEY, search);
  }
  document.querySelectorAll("a[data-follows]").forEach((link) => {
    const url = new URL(link.href);
    url.search = followingSearch(search, link.dataset.follows.split(" "));
    link.href = url.href;
  });
  const words = isHandedOn ? followingWords(search) : "";
  const note = sidebar.querySelector("[data-following-note]");
  note.hidden = !words;
  note.textContent = words && `Stays for the other pages: ${words}`;
}

export function initFollowing() {
  const sidebar = document.getElementById("nav-sidebar");
  if (sidebar) {
    const update = () => follow(sidebar);
    update();
    // Before a link is used in any way: followed, copied, opened beside.
    ["pointerover", "focusin"].forEach((name) =>
      document.addEventListener(name, (event) => event.target.closest?.("a[data-follows]") && update()),
    );
    document.addEventListener("portal:replaced", update);
    onAddress(update);
  }
}
