/**
 * Service worker: keeps the page, its workers, the runtime's wasm file, the embedded model and the sample corpus,
 * so that a reload works with the network off. Logs are in IndexedDB and need no help.
 * The build puts the list of files where `__SHELL__` stands, so a new build is a new service worker.
 */
import type { KeepMessage } from "../src/client/protocol.ts";

/** Path relative to the page's folder → hash of its content. */
declare const __SHELL__: Readonly<Record<string, string>>;

const scope = self as unknown as ServiceWorkerGlobalScope;
/** All pages of an origin share the cache storage: each folder that holds a build has a cache of its own. */
const CACHE = `web-lag-shell ${scope.registration.scope}`;
/** The build names what lies here by its content. */
const NAMED_BY_CONTENT = new URL("assets/", scope.registration.scope).href;
const MODELS = new URL("models/", scope.registration.scope).href;
const EMBEDDED = new URL("embedded/", MODELS).href;
/**
 * Weights for some GPUs only, as large as the rest together, and models that an option asks for, such as embedders:
 * kept when a page has used them, not before.
 */
const keptOnUse = (url: string) =>
  url.endsWith("_fp16.onnx") || (url.startsWith(MODELS) && !url.startsWith(EMBEDDED));
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

/** A page says what it used before this worker saw its requests. */
scope.addEventListener("message", (event) => {
  event.waitUntil(keepFolder((event.data as KeepMessage).keep));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (files.has(request.url)) event.respondWith(file(request));
  else if (request.url.startsWith(scope.registration.scope)) event.respondWith(other(request));
});

/** Fetches what is not there yet with the same content. All or nothing: a failure leaves the old worker in place. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [url, key] of files) {
    if (keptOnUse(url) || (await cache.match(key))) continue;
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${url} could not be fetched (status ${response.status}).`);
    await cache.put(key, direct(response));
  }
}

/** What of the shell lies in the folder. What cannot be fetched now is kept when a page uses it again. */
async function keepFolder(folder: string): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [url, key] of files) {
    if (!url.startsWith(folder) || (await cache.match(key))) continue;
    const response = await fetch(url, { cache: "no-cache" }).catch(() => null);
    if (response?.ok) await keep(url, response);
  }
}

async function forgetOld(): Promise<void> {
  const cache = await caches.open(CACHE);
  const wanted = new Set(files.values());
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

/** Hosts may redirect index.html to its folder; a navigation is not answered with a redirected response. */
function direct(response: Response): Response {
  return response.redirected ? new Response(response.body, response) : response;
}

/** The page itself comes from the network when there is one, so that a new version shows at once. */
async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const response = await kept(new URL("index.html", scope.registration.scope).href);
    if (response) return response;
    throw error;
  }
}

/**
 * What is kept of a file that is named by its content is right. The model and the corpora keep their names when
 * they change, so they come from the network when there is one: new code must not get an old model.
 */
async function file(request: Request): Promise<Response> {
  if (request.url.startsWith(NAMED_BY_CONTENT)) return (await kept(request.url)) ?? fetch(request);
  try {
    const response = await fetch(request, { cache: "no-cache" });
    if (keptOnUse(request.url) && response.ok) await keep(request.url, response.clone());
    return response;
  } catch (error) {
    const response = await kept(request.url);
    if (response) return response;
    if (keptOnUse(request.url)) return notKept();
    throw error;
  }
}

/** A full disk must not keep the page from its file. */
async function keep(url: string, response: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.put(files.get(url)!, response).catch(() => undefined);
}

/** `url` is of the shell. */
async function kept(url: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(files.get(url)!);
}

/**
 * What is not of the shell is the network's. With the network off it is not there, which is what a model folder
 * without some optional file says too.
 */
async function other(request: Request): Promise<Response> {
  return fetch(request).catch(notKept);
}

function notKept(): Response {
  return new Response(null, { status: 404, statusText: "Not kept for offline use" });
}
