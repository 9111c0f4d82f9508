// What this browser keeps for whoever is signed in, and forgets when they sign out or somebody else comes:
// const drafts = kept("codimir.drafts"); drafts.read(); drafts.write({}); drafts.write(null);
import { delegate } from "./dom.js";

const viewer = document.documentElement.dataset.viewer ?? "";

/** Give access to a value in localStorage; it is null for everybody else, and where the storage is full or closed to us. */
export function kept(name) {
  const read = () => {
    try {
      const found = JSON.parse(localStorage.getItem(name) ?? "null");
      return found?.who === viewer ? found.value : null;
    } catch {
      return null;
    }
  };
  const write = (value) => {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify({ who: viewer, value }));
    } catch {
      /* It lasts as long as its page then. */
    }
  };
  if (viewer && read() === null) write(null);
  delegate("submit", 'form[action="/signout"]', () => write(null));
  return { read, write };
}
