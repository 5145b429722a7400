// Keeps the app's own files, so that it works without a network after the first visit. `cargo xtask dist` writes this
// file as sw.js and puts two constants in front of it:
//   BUILD  a hash over all files: the name of this version
//   FILES  name of each file, relative to the app's address -> its integrity (SHA-256); "./" is the page itself
// Files are kept whole or not at all: a file whose content is not of this version is refused.

const scope = self.registration.scope;
// Other apps, and other copies of this one, may live on the same origin.
const OWN_CACHES = `strata ${scope} `;
const CACHE = OWN_CACHES + BUILD;

// Files that the page is about to write, by the addresses at which the browser will ask for them.
const SAVED = `${scope}save/`;
const offered = new Map();

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(replaceOlderVersions()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(takeOver(event.source));
  else if (event.data?.save) event.waitUntil(offer(event.data, event.ports[0]));
});
self.addEventListener("fetch", (event) => {
  if (event.request.url.startsWith(SAVED)) return event.respondWith(save(event.request.url));
  const name = keptName(event.request);
  if (name !== undefined) event.respondWith(answer(name, event.request));
});

async function keepFiles() {
  const requests = Object.entries(FILES)
    .map(([name, integrity]) => new Request(new URL(name, scope), { integrity, cache: "no-cache" }));
  const cache = await caches.open(CACHE);
  await cache.addAll(requests);
}

async function replaceOlderVersions() {
  for (const name of await caches.keys()) {
    if (name.startsWith(OWN_CACHES) && name !== CACHE) await caches.delete(name);
  }
  // So that a first visit can go on without a network, and not only the second.
  await self.clients.claim();
}

/** Replaces the running version, unless a second window uses it. Without this, a reload would not bring the new one. */
async function takeOver(asking) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.filter(({ url }) => url.startsWith(scope)).length > 1) asking.postMessage("not now");
  else await self.skipWaiting();
}

/**
 * Offers a file that the page hands on part by part: `save` is its address, `name` and `type` are those to save it by.
 * Done when the file is, so that this worker lives as long.
 */
function offer({ save: address, name, type }, port) {
  return new Promise((done) => {
    const end = () => {
      offered.delete(address);
      port.close();
      done();
    };
    const body = new ReadableStream({
      start(controller) {
        port.onmessage = ({ data }) => {
          if (data instanceof Uint8Array) return controller.enqueue(data);
          if (data === "end") controller.close();
          else controller.error(new Error("The file could not be written."));
          end();
        };
      },
      cancel: end,
    });
    offered.set(address, { body, name, type, port });
  });
}

/** A file that was offered; for any other, an answer that leaves the asking window as it is. */
function save(address) {
  const file = offered.get(address);
  if (!file) return new Response(null, { status: 204 });
  offered.delete(address);
  file.port.postMessage("asked for");
  return new Response(file.body, {
    headers: {
      "Content-Type": file.type,
      // The name of an archive needs no quoting.
      "Content-Disposition": `attachment; filename="${file.name}"`,
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/** The name under which the answer to a request is kept; everything else goes its usual way. */
function keptName(request) {
  if (request.method !== "GET" || !request.url.startsWith(scope)) return undefined;
  const url = new URL(request.url);
  const path = (url.origin + url.pathname).slice(scope.length);
  if (request.mode === "navigate" && (path === "" || path === "index.html")) {
    return Object.hasOwn(FILES, "./") ? "./" : undefined;
  }
  return url.search === "" && Object.hasOwn(FILES, path) ? path : undefined;
}

async function answer(name, request) {
  // The browser may have dropped what was kept.
  return await caches.match(new URL(name, scope), { cacheName: CACHE }) ?? fetch(request);
}
