// Ask the API, the same that every program uses.
import { t } from "./dom.js";

/** An answer that says what is wrong. */
export class Refused extends Error {
  constructor(status, error) {
    super(error?.message || "");
    this.status = status;
    this.code = error?.code || "";
    this.details = error?.details || {};
  }

  /** Say it in one line. */
  get line() {
    const details = Object.values(this.details)
      .flat()
      .filter((said) => typeof said === "string");
    return details[0] || this.message;
  }
}

/** Return why a request failed, as a person is told it: what the server says is wrong, or that it cannot be reached. */
export function reasonOf(error) {
  return error instanceof Refused ? error.line : t("noConnection");
}

/** Ask as fetch does; whoever is signed in no longer is told so (session.js). */
export async function send(path, options = {}) {
  const headers = { ...options.headers, "x-codimir-language": document.documentElement.lang };
  const reply = await fetch(path, { ...options, headers });
  if (reply.status === 401) document.dispatchEvent(new CustomEvent("signedOut"));
  return reply;
}

/** Send a request and give the parsed reply; throws Refused, or TypeError without a connection. */
export async function request(method, path, body, headers = {}) {
  const options = { method, headers: { accept: "application/json", ...headers } };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["content-type"] = "application/json";
  }
  const reply = await send(path, options);
  const text = await reply.text();
  const parsed = text ? JSON.parse(text) : null;
  if (!reply.ok) throw new Refused(reply.status, parsed?.error);
  return parsed;
}
