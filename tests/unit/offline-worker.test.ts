/** The service worker, with its events called by hand: what it keeps, and when it gives what it has kept. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** Imported by name only: its types are those of a service worker, not of this program. */
const WORKER = new URL("../../workers/offline.worker.ts", import.meta.url).pathname;
const SCOPE = "https://example.org/demo/";
const MODEL = `${SCOPE}models/embedded/onnx/model.onnx`;
const HALF = `${SCOPE}models/embedded/onnx/model_fp16.onnx`;
const EMBEDDER = `${SCOPE}models/embedded-retriever/`;
const CODE = `${SCOPE}assets/page-1234.js`;

type Handler = (event: Record<string, unknown>) => void;

let handlers: Map<string, Handler>;
let stored: Map<string, Map<string, Response>>;
let network: (url: string) => Response;
let skipped: number;

beforeEach(async () => {
  handlers = new Map();
  stored = new Map();
  skipped = 0;
  network = (url) => new Response(`first ${url}`);
  vi.stubGlobal("__SHELL__", {
    "index.html": "a",
    "assets/page-1234.js": "b",
    "assets/pdf-text-56.js": "g",
    "assets/pdf.worker.min-78.mjs": "h",
    "models/embedded/onnx/model.onnx": "c",
    "models/embedded/onnx/model_fp16.onnx": "d",
    "models/embedded-retriever/config.json": "e",
    "models/embedded-retriever/onnx/model.onnx": "f",
  });
  vi.stubGlobal("self", {
    registration: { scope: SCOPE },
    clients: { claim: async () => {} },
    skipWaiting: async () => {
      skipped += 1;
    },
    addEventListener: (type: string, handler: Handler) => handlers.set(type, handler),
  });
  vi.stubGlobal("caches", { open: async (name: string) => cacheNamed(name) });
  vi.stubGlobal("fetch", async (request: string | { url: string }) =>
    network(typeof request === "string" ? request : request.url),
  );
  vi.resetModules();
  await import(/* @vite-ignore */ WORKER);
});
afterEach(() => vi.unstubAllGlobals());

function cacheNamed(name: string) {
  const entries = stored.get(name) ?? new Map<string, Response>();
  stored.set(name, entries);
  return {
    match: async (key: string) => entries.get(key)?.clone(),
    put: async (key: string, response: Response) => void entries.set(key, response),
    keys: async () => [...entries.keys()].map((url) => ({ url })),
    delete: async (key: string) => entries.delete(key),
  };
}

const happen = async (type: string, data?: unknown) => {
  let work: unknown;
  handlers.get(type)!({ data, waitUntil: (promise: unknown) => (work = promise) });
  await work;
};
const get = async (url: string, mode = "cors") => {
  let answer: unknown;
  const request = { url, mode, method: "GET" };
  handlers.get("fetch")!({ request, respondWith: (promise: unknown) => (answer = promise) });
  return (await answer) as Response;
};
const offline = () => {
  network = () => {
    throw new TypeError("Failed to fetch");
  };
};

test("keeps its files in a cache of its own folder, apart from other builds of the origin", async () => {
  await happen("install");
  expect([...stored.keys()]).toHaveLength(1);
  expect([...stored.keys()][0]).toContain(SCOPE);
});

test("gives page, code and model of its own build, whatever the network has by now", async () => {
  await happen("install");
  network = (url) => new Response(`second ${url}`);
  for (const url of [CODE, MODEL]) expect(await (await get(url)).text()).toBe(`first ${url}`);
  expect(await (await get(`${SCOPE}?backend=wasm#report`, "navigate")).text()).toBe(
    `first ${SCOPE}index.html`,
  );
  offline();
  expect(await (await get(MODEL)).text()).toBe(`first ${MODEL}`);
});

test("replaces what runs only when a person wants it", async () => {
  await happen("install");
  expect(skipped).toBe(0);
  await happen("message", "take-over");
  expect(skipped).toBe(1);
});

test("lets everything else go past: weights of other folders and origins, pages that are not its own", async () => {
  await happen("install");
  for (const url of [
    "https://hub.example.org/model.onnx",
    `${SCOPE}given/model/onnx/model.onnx`,
    `${SCOPE}assets/page-of-another-build.js`,
  ]) {
    expect(await get(url), url).toBeUndefined();
  }
  expect(await get(`${SCOPE}notes.html`, "navigate")).toBeUndefined();
});

test("keeps weights in 16 bits only where a page has used them", async () => {
  const asked: string[] = [];
  network = (url) => {
    asked.push(url);
    return new Response(`first ${url}`);
  };
  await happen("install");
  expect(asked).toContain(MODEL);
  expect(asked).not.toContain(HALF);
  offline();
  expect((await get(HALF)).status).toBe(404);
  network = (url) => new Response(`first ${url}`);
  expect(await (await get(HALF)).text()).toBe(`first ${HALF}`);
  offline();
  expect(await (await get(HALF)).text()).toBe(`first ${HALF}`);
});

test("keeps an embedder where a page has used it, also before this worker was there to see", async () => {
  await happen("install");
  const kept = () => [...[...stored.values()][0]!.keys()].filter((key) => key.includes("retriever"));
  expect(kept()).toEqual([]);
  await get(`${EMBEDDER}config.json`);
  expect(kept()).toEqual([`${EMBEDDER}config.json?kept=e`]);
  network = (url) => new Response(`second ${url}`);
  await happen("message", { keep: EMBEDDER });
  offline();
  await happen("message", { keep: EMBEDDER });
  expect(await (await get(`${EMBEDDER}config.json`)).text()).toBe(`first ${EMBEDDER}config.json`);
  expect(await (await get(`${EMBEDDER}onnx/model.onnx`)).text()).toBe(`second ${EMBEDDER}onnx/model.onnx`);
});

test("keeps the reader of PDF files where a page has used it", async () => {
  const asked: string[] = [];
  network = (url) => {
    asked.push(url);
    return new Response(`first ${url}`);
  };
  await happen("install");
  expect(asked.filter((url) => url.includes("pdf"))).toEqual([]);
  await happen("message", { keep: `${SCOPE}assets/pdf` });
  offline();
  for (const url of [`${SCOPE}assets/pdf-text-56.js`, `${SCOPE}assets/pdf.worker.min-78.mjs`])
    expect(await (await get(url)).text()).toBe(`first ${url}`);
});

test("gives the page without network, also where the host redirects index.html to its folder", async () => {
  network = (url) => {
    const response = new Response(`first ${url}`, { headers: { "content-type": "text/html" } });
    return Object.defineProperty(response, "redirected", { value: url.endsWith("index.html") });
  };
  await happen("install");
  offline();
  const page = await get(`${SCOPE}?backend=wasm`, "navigate");
  expect(page.redirected).toBe(false);
  expect(page.headers.get("content-type")).toBe("text/html");
  expect(await page.text()).toBe(`first ${SCOPE}index.html`);
});

test("forgets what another build had kept here", async () => {
  await happen("install");
  const [cache] = stored.values();
  const kept = [...cache!.keys()];
  cache!.set(`${MODEL}?kept=old`, new Response("old"));
  await happen("activate");
  expect([...cache!.keys()]).toEqual(kept);
});

test("says that a file which it does not know is not there, with the network off", async () => {
  offline();
  expect((await get(`${SCOPE}models/embedded/absent.json`)).status).toBe(404);
});
