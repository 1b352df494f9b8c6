/*
 * The panel beside the charts: any page of the portal that can be shown in it, by its address. The
 * view renders with `render_page_or_panel` (analytics/web/panel.py), and the link to it has
 * `data-panel`; without scripts the link opens the page.
 *
 *   openPanel(address, opener)  opens an address; `opener` gets the focus back
 *   closePanel()
 *
 * Which address is open stands in the page's own address (`panel=`), so that Back closes it and a
 * copied link opens it. Events on the document:
 *   portal:panel  {address, opener}  what is open now; an empty address: nothing
 */

import { announce } from "./announce.js";
import { isPlainClick } from "./clicks.js";
import { rememberFocus } from "./focus.js";
import { showLoginExpired } from "./login-expired.js";
import { goBack, onAddress, onceBack, readState, withState } from "./page-state.js";

/** Asks for the inside of the panel; the answer has it too. */
const HEADER = "X-Portal-Panel";
const PARAMETER = "panel";

let shownAddress = "";
let opener = null;
let request = new AbortController();

/**
 * The path and parameters of an address of this site; empty for any other. A path that begins with
 * two slashes, as that of "/.//other.example/", would be read as another site's address.
 * @param {string} address
 * @param {string} here the page's address
 */
export function localAddress(address, here) {
  const url = URL.canParse(address, here) ? new URL(address, here) : null;
  const isLocal = url?.origin === new URL(here).origin && !url.pathname.startsWith("//");
  return isLocal ? url.pathname + url.search : "";
}

/** What to say of an answer that is no panel. */
export function failureText(status) {
  return status === 404 ? "There is nothing under this address." : `The server answered ${status}.`;
}

const find = () => document.getElementById("panel");

/** The opener, or what took its place: its successor of the same id, or its card. */
const openerNow = () =>
  opener?.isConnected ? opener : document.getElementById(opener?.closest("[id]")?.id ?? "");

/** Runs a change of the layout, and keeps the opener's card where it is on the screen. */
function keepInPlace(change) {
  const from = openerNow();
  const card = from?.closest(".card, .kpis") ?? from;
  const before = card && card.getBoundingClientRect().top;
  change();
  if (card) {
    window.scrollBy({ top: card.getBoundingClientRect().top - before, behavior: "instant" });
  }
}

/** Puts the panel beside the cards that it was opened from, or the first ones; else over the page. */
function place(panel) {
  const cards = openerNow()?.closest(".cards") ?? document.querySelector("#content .cards");
  panel.classList.toggle("panel-over", !cards);
  const bar = document.querySelector(".filter-bar");
  panel.style.setProperty("--bar-height", `${bar?.offsetHeight ?? 0}px`);
  if (cards) {
    cards.before(panel);
  } else {
    document.getElementById("content").append(panel);
  }
}

function showNode(templateId) {
  const panel = find() ?? document.createElement("aside");
  if (!panel.id) {
    panel.id = "panel";
    panel.className = "panel";
    panel.tabIndex = -1;
    panel.setAttribute("aria-labelledby", "panel-title");
  }
  const restoreFocus = rememberFocus(["#panel"]);
  panel.replaceChildren(document.getElementById(templateId).content.cloneNode(true));
  if (!panel.isConnected) {
    keepInPlace(() => place(panel));
  }
  restoreFocus();
  return panel;
}

function showFailed(address, reason) {
  const panel = showNode("panel-failed");
  panel.removeAttribute("aria-busy");
  panel.querySelector("[data-reason]").textContent = reason;
  panel.querySelector("[data-open]").href = address;
}

/** The inside of the panel for an address, or null after saying why there is none. */
async function load(address) {
  let response;
  let html;
  try {
    response = await fetch(address, { headers: { [HEADER]: "1" }, signal: request.signal });
    html = await response.text();
  } catch (error) {
    if (error.name !== "AbortError") {
      showFailed(address, "The server could not be reached.");
    }
    return null;
  }
  if (response.redirected || response.status === 401) {
    showLoginExpired();
    showFailed(address, "Your login has expired.");
    return null;
  }
  if (!response.ok || !response.headers.has(HEADER)) {
    showFailed(address, failureText(response.status));
    return null;
  }
  return html;
}

async function show(address, { focus = false } = {}) {
  request.abort();
  request = new AbortController();
  const { signal } = request;
  shownAddress = address;
  const panel = showNode("panel-loading");
  panel.setAttribute("aria-busy", "true");
  document.dispatchEvent(new CustomEvent("portal:panel", { detail: { address, opener } }));
  if (focus) {
    panel.focus({ preventScroll: true });
  }
  const html = await load(address);
  if (html === null || signal.aborted) {
    return;
  }
  const restoreFocus = rememberFocus(["#panel"]);
  panel.innerHTML = html;
  restoreFocus();
  panel.removeAttribute("aria-busy");
  panel.classList.toggle("panel-of-chart", Boolean(opener?.matches("[data-chart]")));
  panel.dispatchEvent(new CustomEvent("portal:replaced", { bubbles: true }));
  announce(panel.querySelector("#panel-title").textContent.trim());
}

function hide() {
  request.abort();
  shownAddress = "";
  const hadFocus = find()?.contains(document.activeElement);
  keepInPlace(() => find()?.remove());
  if (hadFocus) {
    const from = openerNow();
    (from?.querySelector(".menu > button") ?? from)?.focus({ preventScroll: true });
  }
  opener = null;
  announce("");
  document.dispatchEvent(new CustomEvent("portal:panel", { detail: { address: "", opener: null } }));
}

/** Shows what the page's address says is open. */
function followAddress() {
  const address = localAddress(readState(location.search, PARAMETER), location.href);
  const isWanted = readState(location.search, PARAMETER) !== "" && address !== "";
  if (!isWanted && (shownAddress || find())) {
    hide();
  } else if (isWanted && (address !== shownAddress || !find())) {
    show(address);
  }
}

/**
 * Opens an address in the panel.
 * @param {string} address of this site
 * @param {HTMLElement} [from] what gets the focus back when the panel is closed
 */
export function openPanel(address, from = document.activeElement) {
  onceBack(() => {
    const wanted = localAddress(address, location.href);
    opener = from;
    const search = withState(location.search, PARAMETER, wanted);
    const target = location.pathname + search;
    if (shownAddress) {
      history.replaceState(history.state, "", target);
    } else {
      history.pushState({ panel: true }, "", target);
    }
    show(wanted, { focus: true });
  });
}

/** Closes the panel at once; the address follows by way of Back where that leads to this page without it. */
export function closePanel() {
  const search = withState(location.search, PARAMETER, "");
  if (history.state?.panel) {
    goBack(search);
  } else {
    history.replaceState(null, "", location.pathname + search);
  }
  hide();
}

function onClick(event) {
  if (event.target.closest("[data-panel-close]")) {
    closePanel();
    return;
  }
  if (event.target.closest("[data-panel-retry]")) {
    show(shownAddress, { focus: true });
    return;
  }
  const link = event.target.closest("a[data-panel]");
  if (link && isPlainClick(event)) {
    event.preventDefault();
    // The entry of a menu is hidden by then.
    const from = link.closest(".menu")?.querySelector("button") ?? link;
    openPanel(link.href, link.closest("#panel") ? opener : from);
  }
}

function onKey(event) {
  if (event.key === "Escape" && shownAddress && !event.defaultPrevented) {
    event.preventDefault();
    closePanel();
  }
}

export function initPanel() {
  if (!document.getElementById("panel-loading")) {
    return; // A page of the admin.
  }
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  onAddress(followAddress);
  document.addEventListener("portal:replaced", (event) => {
    // New cards: the panel went with the old ones.
    if (event.target.id === "charts-body") {
      followAddress();
    }
  });
  followAddress();
}
