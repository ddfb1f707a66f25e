// Keeps the page of today on the phone, so that the clock can be pressed without network. The network comes first always;
// what is kept is shown only where it does not answer, and thrown away when somebody signs out.
"use strict";
const KEPT = "setara-today";
const isPage = (request, url) => request.mode === "navigate" && url.pathname === "/work";
const isPart = (url) => url.pathname.startsWith("/static/") || url.pathname.startsWith("/bootstrap/");

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data.forget) event.waitUntil(caches.delete(KEPT));
  if (event.data.keep) event.waitUntil(keepMissing(event.data.keep));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isPage(event.request, url) || isPart(url)) event.respondWith(fromNetwork(event.request, url));
});

async function keepMissing(addresses) {
  const cache = await caches.open(KEPT);
  const known = await Promise.all(addresses.map((address) => cache.match(address)));
  await cache.addAll(addresses.filter((_, at) => !known[at]));
}

async function fromNetwork(request, url) {
  try {
    const answer = await fetch(request);
    if (isPage(request, url)) {
      // Whoever is sent to the sign-in has no page of today here.
      if (answer.type === "opaqueredirect" || answer.redirected) await caches.delete(KEPT);
      else if (answer.ok) await (await caches.open(KEPT)).put(url.pathname, answer.clone());
    }
    return answer;
  } catch (broken) {
    const kept = await (await caches.open(KEPT)).match(isPage(request, url) ? url.pathname : request, { ignoreSearch: true });
    if (kept) return kept;
    throw broken;
  }
}
