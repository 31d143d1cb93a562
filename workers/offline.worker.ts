/**
 * Service worker: keeps the page, its workers, the runtime's wasm file, the embedded model and the sample corpus,
 * so that a reload works with the network off. Logs are in IndexedDB and need no help.
 * The build puts the list of files where `__SHELL__` stands, so a new build is a new service worker.
 */

/** Path relative to the page's folder → hash of its content. */
declare const __SHELL__: Readonly<Record<string, string>>;

const scope = self as unknown as ServiceWorkerGlobalScope;
const CACHE = "web-lag-shell";
const files = new Map(
  Object.entries(__SHELL__).map(([path, hash]) => {
    const url = new URL(path, scope.registration.scope).href;
    return [url, `${url}?kept=${hash}`];
  }),
);

scope.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => scope.skipWaiting()));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => scope.clients.claim()));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (files.has(request.url)) event.respondWith(kept(request));
  else if (request.url.startsWith(scope.registration.scope)) event.respondWith(other(request));
});

/** Fetches what is not there yet with the same content. All or nothing: a failure leaves the old worker in place. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [url, key] of files) {
    if (await cache.match(key)) continue;
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${url} could not be fetched (status ${response.status}).`);
    await cache.put(key, response);
  }
}

async function forgetOld(): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = new Set(files.values());
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

/** The page itself comes from the network when there is one, so that a new version shows at once. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const shell = files.get(new URL("index.html", scope.registration.scope).href);
    const response = shell && (await (await caches.open(CACHE)).match(shell));
    if (response) return response;
    throw error;
  }
}

/** Everything else of the shell is named by its content, so what is kept is right. */
async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(files.get(request.url)!)) ?? fetch(request);
}

/**
 * What is not of the shell is the network's. With the network off it is not there, which is what a model folder
 * without some optional file says too.
 */
async function other(request: Request): Promise<Response> {
  return fetch(request).catch(
    () => new Response(null, { status: 404, statusText: "Not kept for offline use" }),
  );
}
