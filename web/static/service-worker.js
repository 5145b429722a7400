// Stores the app's files, so that it works offline after the first visit. `cargo xtask dist` writes this file as sw.js,
// preceded by two constants:
//   BUILD  a hash of all files: the name of this version
//   FILES  name of each file, relative to the app's address -> its integrity (SHA-256); "./" is the page
// Either all files are stored or none: a file whose content does not belong to this version is refused.

const scope = self.registration.scope;
// The origin may also serve other apps, and other copies of this one.
const OWN_CACHES = `strata ${scope} `;
const CACHE = OWN_CACHES + BUILD;

// Files that the page is about to write, by the address at which the browser will request them.
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
  // Without this, the app would work offline only from the second visit on.
  await self.clients.claim();
}

/** Replaces the running version unless a second window uses it. A reload alone would not switch to the new version. */
async function takeOver(asking) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.filter(({ url }) => url.startsWith(scope)).length > 1) asking.postMessage("not now");
  else await self.skipWaiting();
}

/**
 * Offers a file that the page sends in parts: `save` is its address, `name` and `type` are those to save it with.
 * The promise resolves when the file is complete, which keeps this worker alive until then.
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

/** Responds with an offered file; for any other address, with a response that leaves the requesting window as it is. */
function save(address) {
  const file = offered.get(address);
  if (!file) return new Response(null, { status: 204 });
  offered.delete(address);
  file.port.postMessage("asked for");
  return new Response(file.body, {
    headers: {
      "Content-Type": file.type,
      // The names of these files need no escaping.
      "Content-Disposition": `attachment; filename="${file.name}"`,
      "X-Content-Type-Options": "nosniff",
    },
  });
}

/** The name under which the response to a request is stored, or undefined if the request goes to the network. */
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
  // The browser may have evicted the stored file.
  return await caches.match(new URL(name, scope), { cacheName: CACHE }) ?? fetch(request);
}
