/* Draws the API's reference from its OpenAPI document, with Swagger UI. */

import { readCookie } from "./cookies.js";
import { initPage } from "./page.js";
import { currentTheme } from "./theme.js";

const container = document.getElementById("api-reference");

/** Swagger UI has a dark look of its own, switched by a class. */
function updateTheme() {
  document.documentElement.classList.toggle("dark-mode", currentTheme() === "dark");
}

/** Swagger UI's own layout would be a second main part of the page. */
function layoutPlugin({ React }) {
  const PARTS = ["InfoContainer", "AuthorizeBtnContainer", "operations", "Models"];
  function PortalLayout({ getComponent, specSelectors }) {
    const status = specSelectors.loadingStatus();
    if (status !== "success") {
      const text = status === "failed" ? "The description could not be loaded." : "Loading ...";
      return React.createElement("p", { className: "state", role: "status" }, text);
    }
    const parts = PARTS.map((name) => React.createElement(getComponent(name, true), { key: name }));
    return React.createElement("div", { className: "swagger-ui" }, parts);
  }
  return { components: { PortalLayout } };
}

/** Requests of "Try it out" to the portal itself carry Django's CSRF token. */
function addCsrfToken(request) {
  // Over HTTPS its name has the prefix.
  const token =
    readCookie(document.cookie, "__Host-csrftoken") ?? readCookie(document.cookie, "csrftoken");
  const isOurs = new URL(request.url, location.href).origin === location.origin;
  if (token && isOurs && request.method === "POST") {
    request.headers["X-CSRFToken"] = token;
  }
  return request;
}

initPage();
updateTheme();
document.addEventListener("portal:theme", updateTheme);
window.SwaggerUIBundle({
  url: container.dataset.schema,
  domNode: container,
  // Its links would stand within the buttons that open an operation.
  deepLinking: false,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // Nothing of another host is asked whether the document is valid.
  validatorUrl: null,
  // The page has its own first heading.
  onComplete: () => container.querySelector("h1.title")?.setAttribute("aria-level", "2"),
  plugins: [layoutPlugin],
  layout: "PortalLayout",
  requestInterceptor: addCsrfToken,
});
