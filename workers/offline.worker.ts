/**
 * Service worker: keeps the shell of one build, which is the page, its workers, the runtime's wasm file, the embedded
 * model and the sample corpus, and gives it out until the next build may take over: page, code and model are always of
 * one build, with the network on or off. Everything else goes past it: downloaded weights, and logs, which are in
 * IndexedDB. The build puts the list of files where `__SHELL__` stands, so a new build is a new service worker.
 */
import type { OfflineMessage } from "../src/client/protocol.ts";

/** Path relative to the page's folder → hash of its content. */
declare const __SHELL__: Readonly<Record<string, string>>;

const scope = self as unknown as ServiceWorkerGlobalScope;
/** All pages of an origin share the cache storage: each folder that holds a build has a cache of its own. */
const CACHE = `web-lag-shell ${scope.registration.scope}`;
const PAGE = new URL("index.html", scope.registration.scope).href;
const MODELS = new URL("models/", scope.registration.scope).href;
const EMBEDDED = new URL("embedded/", MODELS).href;
/**
 * Weights for some GPUs only, as large as the rest together, models that an option asks for, such as embedders, the
 * second engine's library and the reader of PDF files: kept when a page has used them, not before.
 */
const keptOnUse = (url: string) =>
  url.endsWith("_fp16.onnx") ||
  /\/assets\/(web-llm-|pdf[-.])/.test(url) ||
  (url.startsWith(MODELS) && !url.startsWith(EMBEDDED));
const files = new Map(
  Object.entries(__SHELL__).map(([path, hash]) => {
    const url = new URL(path, scope.registration.scope).href;
    return [url, `${url}?kept=${hash}`];
  }),
);

// A worker that replaces another waits until a person lets it: code that runs is not to lose its files.
scope.addEventListener("install", (event) => {
  event.waitUntil(keepAll());
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => scope.clients.claim()));
});

/** A page says what it used before this worker saw its requests, or that a person wants the new build. */
scope.addEventListener("message", (event) => {
  const message = event.data as OfflineMessage;
  event.waitUntil(message === "take-over" ? scope.skipWaiting() : keepAllUnder(message.keep));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = request.mode === "navigate" ? pageOf(request.url) : request.url;
  if (files.has(url)) event.respondWith(file(url, request));
  else if (url.startsWith(MODELS)) event.respondWith(fetch(request).catch(notKept));
});

/** The page stands for its folder, whatever its options are. */
function pageOf(url: string): string {
  const { origin, pathname } = new URL(url);
  const address = origin + pathname;
  return address === scope.registration.scope ? PAGE : address;
}

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

/** What of the shell has addresses that begin so. What cannot be fetched now is kept when a page uses it again. */
async function keepAllUnder(beginning: string): Promise<void> {
  const cache = await caches.open(CACHE);
  for (const [url, key] of files) {
    if (!url.startsWith(beginning) || (await cache.match(key))) continue;
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

/** What is kept is of this build. A navigation gets the page without its options: they are read in the page. */
async function file(url: string, request: Request): Promise<Response> {
  const response = await kept(url);
  if (response) return response;
  try {
    const fetched = await fetch(request, request.mode === "navigate" ? {} : { cache: "no-cache" });
    if (keptOnUse(url) && fetched.ok) await keep(url, fetched.clone());
    return fetched;
  } catch (error) {
    if (keptOnUse(url)) return notKept();
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
 * A file of a model's folder that is not of the shell is optional, as a rule, and not there: with the network off it
 * is not there either.
 */
function notKept(): Response {
  return new Response(null, { status: 404, statusText: "Not kept for offline use" });
}
