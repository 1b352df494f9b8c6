// Draws the API's reference from its OpenAPI document.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // The reference has a dark look of its own, switched by a class.
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const wear = () => {
    const chosen = root.dataset.theme;
    const dark = chosen === "dark" || (chosen !== "light" && prefersDark.matches);
    root.classList.toggle("dark-mode", dark);
  };
  wear();
  document.addEventListener("portal:theme", wear);
  // The reference's own layout would be a second main part of the page.
  const layout = ({ React }) => ({
    components: {
      PortalLayout: ({ getComponent, specSelectors }) => {
        const made = React.createElement;
        const status = specSelectors.loadingStatus();
        const words = status === "failed" ? "The description could not be loaded." : "Loading ...";
        const part = (name) => made(getComponent(name, true), { key: name });
        return status === "success"
          ? made("div", { className: "swagger-ui" }, ["InfoContainer", "AuthorizeBtnContainer", "operations", "Models"].map(part))
          : made("p", { className: "state", role: "status" }, words);
      },
    },
  });
  const place = document.getElementById("api-reference");
  const csrf = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]*)/);
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    // Its links would stand within the buttons that open an operation.
    deepLinking: false,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    // Nothing of another host is asked whether the document is valid.
    validatorUrl: null,
    // The page has its own first heading.
    onComplete: () => place.querySelector("h1.title")?.setAttribute("aria-level", "2"),
    plugins: [layout],
    layout: "PortalLayout",
    requestInterceptor: (request) => {
      const ours = new URL(request.url, location.href).origin === location.origin;
      if (csrf && ours && request.method === "POST") {
        request.headers["X-CSRFToken"] = decodeURIComponent(csrf[1]);
      }
      return request;
    },
  });
});
