// What happens, as it happens: follow({project}, react, {since}) calls react(events) for what is told of that project,
// ticket or workspace; without a filter of everything that the person sees. react(null) means: what was missed cannot be
// told, load anew. `since` is the cursor of the moment at which the page was made, so nothing falls between: what happened
// until now is read at once, and again when a stream begins at a later moment.
//
// All tabs of a browser share one stream, because it opens only six connections to a site: the tab that holds the lock
// reads it and tells the others. EventSource comes back by itself with the cursor of what it read last.
import { Refused, request } from "./api.js";

const NAME = "codimir.live";
const SLOWEST = 60_000;
const ANSWERS_WITHIN = 1_500;
const KEPT = 500;
const LOOKS = 10_000;
const ASLEEP = 90_000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
const followers = new Set();
const told = new Set();
let cursor = "";
let made = "";
/** @type {EventSource | null} */
let source = null;
/** @type {((value?: unknown) => void) | null} */
let letGo = null;
let pause = 1_000;
let heard = 0;
let started = false;
let isLost = false;
let awake = Date.now();

/** Let a function know what happens; gives a function that ends it. */
export function follow(filter, react, { since = "" } = {}) {
  const follower = { filter, react };
  followers.add(follower);
  if (since) {
    made = since;
    catchUp(since);
  }
  start();
  return () => followers.delete(follower);
}

function start() {
  if (started) return;
  started = true;
  lead(false);
}

/** Wait until no other tab reads the stream, then read it until this page is left. */
function lead(steal) {
  if (!navigator.locks || !channel) {
    readWhileVisible();
    return;
  }
  navigator.locks
    .request(NAME, steal ? { steal } : {}, () => {
      read();
      return new Promise((resolve) => {
        letGo = resolve;
      });
    })
    .catch(() => stop());
}

/** Without locks, which browsers have in secure contexts only, each tab reads, but none that nobody looks at. */
function readWhileVisible() {
  const follow = () => {
    if (document.hidden) stop();
    else if (!source) read();
  };
  document.addEventListener("visibilitychange", follow);
  follow();
}

function read() {
  source?.close();
  const opened = new EventSource(cursor ? `/api/events/stream?after=${cursor}` : "/api/events/stream");
  source = opened;
  opened.addEventListener("cursor", (event) => {
    pause = 1_000;
    if (cursor) return;
    move(JSON.parse(event.data).cursor);
    channel?.postMessage("begun");
    begun();
    if (isLost) broadcast(null);
    isLost = false;
  });
  opened.addEventListener("reset", (event) => {
    move(JSON.parse(event.data).cursor);
    broadcast(null);
  });
  opened.addEventListener("message", (event) => {
    move(event.lastEventId);
    broadcast([JSON.parse(event.data)]);
  });
  opened.addEventListener("error", () => {
    if (source?.readyState !== EventSource.CLOSED) return;
    cursor = "";
    isLost = true;
    setTimeout(() => {
      if (source) read();
    }, pause);
    pause = Math.min(pause * 2, SLOWEST);
  });
}

function stop() {
  source?.close();
  source = null;
}

function move(to) {
  cursor = to;
}

function begun() {
  if (made) catchUp(made);
}

function broadcast(events) {
  channel?.postMessage({ events, cursor });
  hand(events);
}

/** Give events to those who follow them, each once. */
function hand(events) {
  const fresh = events?.filter(({ id }) => !told.has(id) && told.add(id));
  if (told.size > KEPT) for (const id of [...told].slice(0, told.size - KEPT)) told.delete(id);
  for (const { filter, react } of followers) {
    const wanted = fresh ? fresh.filter((event) => isWanted(event, filter)) : null;
    if (!wanted || wanted.length) react(wanted);
  }
}

function isWanted(event, { project, ticket, workspace }) {
  if (workspace && event.workspaceId !== workspace) return false;
  if (ticket && event.ticketId !== ticket) return false;
  return (
    !project ||
    event.projectId === project ||
    event.ticket?.projectId === project ||
    (event.changes?.projectId ?? []).includes(project)
  );
}

/** Read what happened since the page was made. */
async function catchUp(since) {
  try {
    let after = since,
      more = true;
    while (more) {
      const feed = await request("GET", `/api/events?after=${after}&limit=500`);
      if (feed.data.length) hand(feed.data);
      [after, more] = [feed.cursor, feed.hasMore];
    }
    if (made === since) made = after;
  } catch (error) {
    if (error instanceof Refused && error.status === 400) hand(null);
  }
}

channel?.addEventListener("message", ({ data }) => {
  if (data === "there?") {
    if (source) channel.postMessage("here");
    return;
  }
  if (data === "begun") {
    begun();
    return;
  }
  heard = Date.now();
  if (data === "here") return;
  move(data.cursor);
  hand(data.events);
});

// A tab that comes back to the front asks whether the reading one is awake: a phone may have put that to sleep.
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !started || source || !channel || !navigator.locks) return;
  const asked = Date.now();
  channel.postMessage("there?");
  setTimeout(() => {
    if (heard < asked && !source && !document.hidden) lead(true);
  }, ANSWERS_WITHIN);
});

// A machine that was asleep, or has another connection now, may hold a stream on which nothing comes any more.
function reopen() {
  if (!source) return;
  isLost ||= !cursor;
  read();
}
setInterval(() => {
  if (Date.now() - awake > ASLEEP) reopen();
  awake = Date.now();
}, LOOKS);
addEventListener("online", reopen);
addEventListener("pagehide", () => {
  stop();
  letGo?.();
  letGo = null;
});
addEventListener("pageshow", (event) => {
  if (event.persisted && started) {
    if (cursor) catchUp(cursor);
    lead(false);
  }
});
