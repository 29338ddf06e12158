// Keeps the shell of the inspector's application, and nothing else: no scan page, no goods, no person.
const VERSION = "inspect-{{ version }}";
const SHELL = "{{ shell }}";
const FILES = {{ files|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(VERSION).then((cache) =>
      cache.addAll(FILES.map((path) => new Request(path, { cache: "reload", credentials: "omit" }))),
    ),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(
        names.filter((name) => name.startsWith("inspect-") && name !== VERSION)
          .map((name) => caches.delete(name)),
      ))
      .then(() => self.clients.claim()),
  );
});

// The page asks before a newer version takes over: not in the middle of a visit.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const path = url.pathname === SHELL ? SHELL : url.pathname;
  if (!FILES.includes(path)) return;
  event.respondWith(
    caches.open(VERSION).then((cache) => cache.match(path)).then((kept) => kept ?? fetch(event.request)),
  );
});
