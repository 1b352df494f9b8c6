/**
 * The value of a cookie, or undefined.
 * @param {string} cookies as in `document.cookie`
 * @param {string} name
 */
export function readCookie(cookies, name) {
  const prefix = `${name}=`;
  const found = cookies.split("; ").find((cookie) => cookie.startsWith(prefix));
  return found === undefined ? undefined : decodeURIComponent(found.slice(prefix.length));
}
