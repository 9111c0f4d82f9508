// Says in which time zone the browser is, in a form with which somebody comes in for the first time.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("input[name=timezone]")) field.value = zone ?? "";
