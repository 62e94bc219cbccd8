// The service worker: with it the app opens without a network and shows what was seen last.
//
// It keeps the app's own files, and of the interface only what everybody may see: goods, places and the public total. It never
// touches sessions, orders or figures, and nothing that is sent: an order is placed with a network or not at all.

// `cargo xtask build` writes both: what this version is called, and the files the app cannot do without.
const BUILD = "";
const FILES = [];

const SHELL = "/shell";
const STATIC = `static-${BUILD}`;
/** Followed by the language: answers are in the reader's. */
const SEEN = `seen-${BUILD}-`;
const PICTURES = "pictures";
const MOST_SEEN = 80;
const MOST_PICTURES = 120;

/** What may be kept of the interface, and pictures, whose names are hashes of their contents. */
const PUBLIC = /^\/api\/v1\/(products|counties|brands|festivals|seasons|public-total)(\/[^/]+)?$/;
const PICTURE = /^\/photos\//;
const HASHED = /[0-9a-f]{12}.*\.\w+$/;

/** A question that somebody's typing asks, and the next letter will answer anew: nothing of it is kept. */
const TYPED = "#typed";

addEventListener("install", (event) => {
  event.waitUntil(fillStatic());
  // Browsers that can, do not even wake the worker for it.
  const typed = self.URLPattern && new URLPattern({ pathname: "/api/v1/products*", hash: TYPED.slice(1), baseURL: location.origin });
  if (typed) event.addRoutes?.({ condition: { urlPattern: typed }, source: "network" });
});
addEventListener("activate", (event) => event.waitUntil(begin()));
addEventListener("message", (event) => {
  const { take, seen, language, body } = event.data;
  if (take === "over") skipWaiting();
  const address = new URL(`/api/v1${seen}`, location.origin);
  if (seen && PUBLIC.test(address.pathname)) {
    const answer = new Response(body, { headers: { "content-type": "application/json" } });
    event.waitUntil(keep(SEEN + language, address.href, answer, MOST_SEEN));
  }
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, hash } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || hash === TYPED) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (PUBLIC.test(pathname) && !pathname.endsWith("/events")) event.respondWith(data(event));
  else if (PICTURE.test(pathname)) event.respondWith(picture(event));
  else if (FILES.includes(pathname) || HASHED.test(pathname)) event.respondWith(file(request));
});

async function fillStatic() {
  const files = await caches.open(STATIC);
  // Files whose name is a hash are in the browser's own cache already; the others may have changed under their name.
  await files.addAll(FILES.map((file) => new Request(file, { cache: HASHED.test(file) ? "default" : "no-cache" })));
}

/** The version before stays: a window that is still open goes on with its own files. */
async function begin() {
  await registration.navigationPreload?.enable();
  const versions = (await caches.keys()).filter((name) => name.startsWith("static-"));
  const before = versions.filter((name) => name !== STATIC).slice(-1);
  for (const name of await caches.keys()) {
    const current = [STATIC, PICTURES, ...before].includes(name) || name.startsWith(SEEN);
    if (!current) await caches.delete(name);
  }
  await clients.claim();
}

/** A page comes from the server; without one, it is the frame that fits every page, which the app fills. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (unreachable) {
    return (await caches.match(SHELL, { ignoreVary: true })) ?? Promise.reject(unreachable);
  }
}

async function file(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && HASHED.test(new URL(request.url).pathname)) {
    const files = await caches.open(STATIC);
    await files.put(request, answer.clone());
  }
  return answer;
}

/** The server's answer, and without one the last it gave, marked as such: the app says that it is an old one. */
async function data(event) {
  const { request } = event;
  const name = SEEN + (request.headers.get("accept-language") ?? "");
  try {
    const answer = await fetch(request);
    if (answer.ok) event.waitUntil(keep(name, request.url, answer.clone(), MOST_SEEN));
    return answer;
  } catch (unreachable) {
    const kept = await (await caches.open(name)).match(request.url, { ignoreVary: true });
    if (!kept) throw unreachable;
    const headers = new Headers(kept.headers);
    headers.set("x-shanhai-seen", "before");
    return new Response(kept.body, { status: kept.status, headers });
  }
}

async function picture(event) {
  const kept = await caches.match(event.request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok) event.waitUntil(keep(PICTURES, event.request.url, answer.clone(), MOST_PICTURES));
  return answer;
}

/** Keeps an answer, and no more than so many: the oldest goes. */
async function keep(name, url, answer, most) {
  const cache = await caches.open(name);
  await cache.delete(url);
  await cache.put(url, answer);
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - most))) await cache.delete(old);
}
