// Live through a visit with the unmodified next-auth/react in jsdom: `node nextauth_client.mjs 4|5 <origin> <email> <password>`.
// Prints what each step saw. The browser around it keeps cookies, and says where its requests come from.
import { CookieJar, JSDOM } from "jsdom";

const [version, origin, email, password] = process.argv.slice(2);
const jar = new CookieJar();
const { window } = new JSDOM("<div id=root></div>", { url: `${origin}/sign-in`, cookieJar: jar });
for (const name of ["window", "document", "navigator", "localStorage", "HTMLElement", "Node", "Event", "CustomEvent"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}

const calls = [];
const nodeFetch = globalThis.fetch;
globalThis.fetch = window.fetch = async (path, options = {}) => {
  const url = new URL(path, window.location.href);
  const headers = new Headers(options.headers);
  headers.set("cookie", await jar.getCookieString(url.href));
  headers.set("sec-fetch-site", "same-origin");
  if ((options.method ?? "GET").toUpperCase() !== "GET") headers.set("origin", origin);
  const reply = await nodeFetch(url, { ...options, headers, redirect: "manual" });
  for (const cookie of reply.headers.getSetCookie()) await jar.setCookie(cookie, url.href);
  calls.push(`${(options.method ?? "GET").toUpperCase()} ${url.pathname} ${reply.status}`);
  return reply;
};

const React = (await import("react")).default;
const { createRoot } = (await import("react-dom/client")).default;
const module = await import(version === "4" ? "next-auth/react" : "next-auth-5/react");
const { SessionProvider, getProviders, getSession, signIn, signOut, useSession } = module.default ?? module;

const seen = {};
let current;
const Page = () => {
  current = useSession();
  return current.data?.user?.name ?? "nobody";
};
const root = createRoot(window.document.getElementById("root"));
const shown = () => window.document.getElementById("root").textContent;
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
const until = async (condition) => {
  for (let turn = 0; turn < 200 && !condition(); turn += 1) await settled();
};

root.render(React.createElement(SessionProvider, null, React.createElement(Page)));
await until(() => current && current.status !== "loading");
seen.providers = Object.keys(await getProviders());
seen.wrong = await signIn("credentials", { email, password: `${password}!`, redirect: false });
seen.nobody = await getSession();
calls.length = 0;
seen.right = await signIn("credentials", { email, password, redirect: false, callbackUrl: "/tickets" });
seen.calls = [...calls];
await until(() => current.status === "authenticated");
seen.shown = shown();
seen.session = await getSession();
seen.updated = await current.update({ name: "Somebody Else" });
const copied = await jar.getCookieString(origin);
seen.signedOut = await signOut({ redirect: false, callbackUrl: "/bye" });
await until(() => current.status === "unauthenticated");
seen.shownAtLast = shown();
seen.left = await getSession();
seen.withTheOldCookie = (await nodeFetch(`${origin}/api/tickets`, { headers: { cookie: copied } })).status;
console.log(JSON.stringify(seen));
process.exit(0);
