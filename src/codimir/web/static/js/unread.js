// The number beside the inbox follows what happens: a moment after others did something, it is asked for anew. A moment,
// because who is told of it is worked out after it is done.
import { request } from "./api.js";
import { h } from "./dom.js";
import { follow } from "./live.js";

const TOLD_AFTER = 1_000;
const LATEST_AFTER = 5_000;
const viewer = document.documentElement.dataset.viewer;
let timers = [];

/** Write how many are unread. */
export function showUnread(unread) {
  for (const link of document.querySelectorAll('.rail-link[href="/inbox"]')) {
    const count = link.querySelector(".count");
    if (!unread) count?.remove();
    else (count ?? link.appendChild(h("span", { class: "count" }))).textContent = unread > 99 ? "99+" : unread;
  }
}

async function look() {
  if (document.hidden) return;
  const reply = await request("GET", "/api/notifications?unread=true&limit=1").catch(() => null);
  if (reply) showUnread(reply.unread);
}

// What comes meanwhile waits for the second look.
function lookSoon() {
  if (timers.length) return;
  timers = [
    setTimeout(look, TOLD_AFTER),
    setTimeout(() => {
      timers = [];
      look();
    }, LATEST_AFTER),
  ];
}

if (viewer) {
  follow({}, (events) => {
    if (!events || events.some(({ actor }) => actor?.id !== viewer)) lookSoon();
  });
  document.addEventListener("visibilitychange", look);
  document.addEventListener("inboxRead", look);
}
