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
  const place = document.getElementById("api-reference");
  const csrf = document.cookie.match(/(?:^|; )csrftoken=([^;]*)/);
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    // Nothing of another host is asked whether the document is valid.
    validatorUrl: null,
    requestInterceptor: (request) => {
      const ours = new URL(request.url, location.href).origin === location.origin;
      if (csrf && ours && request.method === "POST") {
        request.headers["X-CSRFToken"] = decodeURIComponent(csrf[1]);
      }
      return request;
    },
  });
});
