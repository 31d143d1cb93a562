/** Which model the page loads when its address names one that is too large for the device. */
import { afterEach, expect, it, vi } from "vitest";
import { affordable } from "../../src/app/models/affordable.ts";
import { readOptions } from "../../src/app/options.ts";

const BASE = "https://example.org/demo/";
const OWN = `${BASE}models/embedded/`;

afterEach(() => vi.unstubAllGlobals());

/** A server whose folders have weights of so many bytes, or none. */
function serve(bytes: number | null): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: URL, { method }: RequestInit) => {
    asked.push(`${method} ${url.pathname}`);
    const headers = new Headers(bytes === null ? [] : [["content-length", String(bytes)]]);
    return new Response(null, { status: bytes === null ? 404 : 200, headers });
  });
  return asked;
}
const choose = (search: string, room: number | undefined) =>
  affordable(readOptions(search, BASE), OWN, async () => room);

it("asks nothing about the page's own model, and about one that was agreed to when it was fetched", async () => {
  const asked = serve(1e12);
  for (const search of ["", "?stored=some-key"])
    expect((await choose(search, 1)).refused, search).toBeUndefined();
  expect(asked).toEqual([]);
});

it("takes the page's own in the place of a folder whose weights do not fit twice, and says what is needed", async () => {
  const asked = serve(600e6);
  const { options, refused } = await choose("?model=models/large", 1e9);
  expect(asked).toEqual(["HEAD /demo/models/large/onnx/model.onnx"]);
  expect(options.modelUrl).toBe(OWN);
  expect(refused).toMatch(
    /^large needs about 1200\.0 MB of memory, .* about 1000\.0 MB .* own model runs instead/,
  );
});

it("takes a folder that fits, one that does not say its size, and any where the device does not", async () => {
  for (const [bytes, room] of [
    [500e6, 1e9],
    [null, 1],
    [600e6, undefined],
  ] as const) {
    serve(bytes);
    const { options, refused } = await choose("?model=models/large", room);
    expect(options.modelUrl).toBe(`${BASE}models/large/`);
    expect(refused).toBeUndefined();
  }
});

it("knows what a WebLLM model needs by WebLLM's list, or by its id", async () => {
  const large = "web-llm:Llama-3.1-8B-Instruct-q4f16_1-MLC";
  expect((await choose(`?model=${large}`, 2e9)).refused).toMatch(
    /^Llama-3\.1-8B-Instruct-q4f16_1-MLC needs about/,
  );
  expect((await choose(`?model=${large}`, 8e9)).options.modelUrl).toBe(large);
  expect((await choose("?model=web-llm:phi-1_5-q4f16_1-MLC", 1e9)).refused).toMatch(/1210\.1 MB/);
  const own = (id: string) => `?model=${encodeURIComponent(`web-llm:${id}?model=${OWN}&lib=${OWN}`)}`;
  expect((await choose(own("Our-8B-q4f16_1"), 2e9)).refused).toMatch(/^Our-8B/);
  expect((await choose(own("ours"), 1)).refused).toBeUndefined();
});
