const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function followSystemColours() {
  document.documentElement.classList.toggle("dark-mode", systemIsDark.matches);
}

systemIsDark.addEventListener("change", followSystemColours);
followSystemColours();

SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api-docs",
  deepLinking: true,
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
