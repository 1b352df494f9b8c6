/**
 * The address of the login that leads back to a page.
 * @param {string} loginUrl
 * @param {{pathname: string, search: string, href: string}} page
 */
export function loginUrlFor(loginUrl, page) {
  const url = new URL(loginUrl, page.href);
  url.searchParams.set("next", page.pathname + page.search);
  url.searchParams.set("expired", "1");
  return url.href;
}

/** Shows the banner of a login that expired while the page was open. */
export function showLoginExpired() {
  const banner = document.getElementById("login-expired");
  const link = banner.querySelector("[data-login]");
  link.href = loginUrlFor(link.href, location);
  banner.hidden = false;
}

export function hideLoginExpired() {
  document.getElementById("login-expired").hidden = true;
}
