// What the server shall know of this browser when it makes the next page.

const YEAR = 31_536_000;

/** Set a cookie for a year; `CookieStore` is not there without HTTPS. */
export function setCookie(name, value) {
  // biome-ignore lint/suspicious/noDocumentCookie: what replaces it is for secure contexts only
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; samesite=lax`;
}
