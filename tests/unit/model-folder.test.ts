/** Model folders: what is read, progress, and every file that can be wrong, named. */
import { afterEach, describe, expect, it } from "vitest";
import type { Fetch } from "../../src/engine/fetch-file.ts";
import { fingerprintOf } from "../../src/engine/fingerprint.ts";
import type { FolderFilesOptions, FolderProgress } from "../../src/engine/folder-files.ts";
import { openModelFolder } from "../../src/engine/model-folder.ts";
import { ProtoWriter } from "../../src/engine/onnx/protobuf.ts";
import { inPieces } from "../support/in-pieces.ts";
import { buildModel, configJson, randomWeights, TINY } from "../support/tiny-model.ts";

const BASE = "http://page.test/models/tiny/";
const utf8 = new TextEncoder();
const LARGE = new Uint8Array(8 * 1024 * 1024);
const MODEL = buildModel(TINY, randomWeights(TINY));

function files(): Record<string, string | Uint8Array<ArrayBuffer>> {
  return {
    "config.json": JSON.stringify(configJson(TINY)),
    "tokenizer.json": "{}",
    "tokenizer_config.json": JSON.stringify({ chat_template: "own" }),
    "onnx/model.onnx": MODEL,
  };
}

function serve(folder: Record<string, string | Uint8Array<ArrayBuffer>>): Fetch {
  return async (url) => {
    const file = folder[url.slice(BASE.length)];
    if (file === undefined) return new Response(null, { status: 404 });
    const bytes = typeof file === "string" ? utf8.encode(file) : file;
    return new Response(bytes, { headers: { "content-length": String(bytes.byteLength) } });
  };
}

/** The whole folder, as far as one choice of weights goes. */
async function loadWhole(url: string, options: FolderFilesOptions) {
  const folder = await openModelFolder(url, options);
  return { ...folder, ...(await folder.fetchWeights("onnx/model.onnx")) };
}

const load = (change: Record<string, string | Uint8Array<ArrayBuffer> | undefined> = {}) => {
  const folder = { ...files(), ...change };
  for (const [name, file] of Object.entries(folder)) if (file === undefined) delete folder[name];
  return loadWhole(BASE, { fetch: serve(folder as ReturnType<typeof files>) });
};

describe("model-folder", () => {
  afterEach(() => Reflect.deleteProperty(globalThis, "location"));

  it("reads a folder and reports every byte", async () => {
    const steps: FolderProgress[] = [];
    const folder = await loadWhole(BASE.slice(0, -1), {
      fetch: serve(files()),
      onProgress: (p) => steps.push(p),
    });
    expect(folder).toMatchObject({
      name: "tiny",
      chatTemplate: "own",
      generationConfig: {},
      externalData: [],
    });
    expect(folder.selfTest).toBeUndefined();
    const bytes = Object.values(files()).reduce((sum, file) => sum + file.length, 0);
    expect(steps.at(-1)).toMatchObject({ loaded: bytes, total: bytes });
    expect(steps.every(({ loaded, total }) => loaded <= total)).toBe(true);
  });

  it("fetches each file once, the weights last, and only those asked for", async () => {
    const asked: string[] = [];
    const served = serve({ ...files(), "onnx/other.onnx": MODEL });
    const folder = await openModelFolder(BASE, {
      fetch: (url, init) => {
        asked.push(url.slice(BASE.length));
        return served(url, init);
      },
    });
    expect(asked[0]).toBe("config.json");
    expect(asked.filter((file) => file.endsWith(".onnx"))).toEqual([]);
    expect((await folder.fetchWeights("onnx/other.onnx")).model.length).toBe(MODEL.length);
    expect(asked.slice(-1)).toEqual(["onnx/other.onnx"]);
    await folder.fetchWeights("onnx/model.onnx");
    expect(asked.slice(-1)).toEqual(["onnx/model.onnx"]);
    expect(new Set(asked).size).toBe(asked.length);
  });

  it("counts further weights on top of what has arrived", async () => {
    const steps: FolderProgress[] = [];
    const fetch = serve({ ...files(), "onnx/other.onnx": MODEL });
    const folder = await openModelFolder(BASE, { fetch, onProgress: (step) => steps.push(step) });
    expect(steps).toEqual([]);
    const small = Object.values(files()).reduce((sum, file) => sum + file.length, 0) - MODEL.length;
    await folder.fetchWeights("onnx/other.onnx");
    expect(steps.at(-1)).toMatchObject({ loaded: small + MODEL.length, total: small + MODEL.length });
    await folder.fetchWeights("onnx/model.onnx");
    expect(steps.at(-1)).toMatchObject({ loaded: small + 2 * MODEL.length, total: small + 2 * MODEL.length });
    const loaded = steps.map((step) => step.loaded);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  });

  it("a small graph with large files beside it does not look nearly done", async () => {
    const entry = new ProtoWriter().text(1, "location").text(2, "model.onnx_data");
    const graph = new ProtoWriter().message(5, new ProtoWriter().text(8, "w").message(13, entry));
    const small = serve({ ...files(), "onnx/model.onnx": new ProtoWriter().message(7, graph).toBytes() });
    const shares: number[] = [];
    const totals = new Set<number>();
    await loadWhole(BASE, {
      fetch: async (url, init) => (url.endsWith("_data") ? inPieces(LARGE) : small(url, init)),
      onProgress: ({ loaded, total }) => {
        shares.push(loaded / total);
        totals.add(total);
      },
    });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares[0]).toBeLessThan(0.5);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(totals.size).toBe(1);
  });

  it.each([
    ["a file of its own", { "chat_template.jinja": "jinja" }, "jinja"],
    ["JSON of its own", { "chat_template.json": '{"chat_template": "json"}' }, "json"],
    [
      "a list of named ones",
      {
        "tokenizer_config.json": JSON.stringify({ chat_template: [{ name: "default", template: "named" }] }),
      },
      "named",
    ],
  ])("finds a chat template in %s", async (_, change, template) => {
    expect((await load({ "tokenizer_config.json": "{}", ...change })).chatTemplate).toBe(template);
  });

  it("fetches external data and stored logits", async () => {
    const entry = new ProtoWriter().text(1, "location").text(2, "model.onnx_data");
    const graph = new ProtoWriter().message(5, new ProtoWriter().text(8, "w").message(13, entry));
    const folder = await load({
      "onnx/model.onnx": new ProtoWriter().message(7, graph).toBytes(),
      "onnx/model.onnx_data": Uint8Array.of(1, 2, 3),
      "self-test.json": '{"ids": [1], "logits": [0.5]}',
    });
    expect(folder.externalData).toEqual([{ path: "model.onnx_data", data: Uint8Array.of(1, 2, 3) }]);
    expect(folder.selfTest).toEqual({ ids: [1], logits: [0.5] });
  });

  it.each([
    [
      "config.json missing",
      { "config.json": undefined },
      "ModelFileError",
      /tiny\/config\.json is not there/,
    ],
    ["weights missing", { "onnx/model.onnx": undefined }, "ModelFileError", /onnx\/model\.onnx is not there/],
    [
      "a page for JSON",
      { "tokenizer.json": "<!doctype html>" },
      "ModelFileError",
      /tokenizer\.json is not JSON/,
    ],
    [
      "a list for an object",
      { "tokenizer_config.json": "[]" },
      "ModelFileError",
      /tokenizer_config\.json is not a JSON object/,
    ],
    [
      "weights cut off",
      { "onnx/model.onnx": MODEL.slice(0, 5000) },
      "ModelFileError",
      /model\.onnx is not a whole ONNX/,
    ],
    ["no template", { "tokenizer_config.json": "{}" }, "ModelUnsupportedError", /no chat template/],
    ["logits that are none", { "self-test.json": '{"ids": "x"}' }, "ModelFileError", /self-test\.json needs/],
    [
      "another kind of model",
      { "config.json": '{"model_type": "t5", "is_encoder_decoder": true}' },
      "ModelUnsupportedError",
      /t5.*encoder-decoder/,
    ],
  ])("%s: a clear error", async (_, change, name, message) => {
    const error: Error = await load(change).then(
      () => expect.fail("was loaded"),
      (reason) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.name).toBe(name);
  });

  it("a transfer that ends early is noticed", async () => {
    const short: Fetch = async (url, init) => {
      const response = await serve(files())(url, init);
      return url.endsWith(".onnx") ? new Response("abc", { headers: { "content-length": "99" } }) : response;
    };
    await expect(loadWhole(BASE, { fetch: short })).rejects.toThrow(/3 bytes where 99 were announced/);
  });

  it("a page with status 200 counts as missing, a broken server does not", async () => {
    const page: Fetch = async () =>
      new Response("<html>", { headers: { "content-type": "text/html; charset=utf-8" } });
    await expect(loadWhole(BASE, { fetch: page })).rejects.toThrow(/config\.json is not there/);
    const broken: Fetch = async () => new Response(null, { status: 503 });
    await expect(loadWhole(BASE, { fetch: broken })).rejects.toThrow(/status 503/);
    const offline: Fetch = () => Promise.reject(new TypeError("failed to fetch"));
    await expect(loadWhole(BASE, { fetch: offline })).rejects.toThrow(
      /config\.json could not be fetched: failed/,
    );
  });

  it("can be aborted", async () => {
    const signal = AbortSignal.abort();
    const fetch: Fetch = () => Promise.reject(new DOMException("aborted", "AbortError"));
    await expect(loadWhole(BASE, { fetch, signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
  });

  it("a page runs only models of its own origin", async () => {
    Object.assign(globalThis, { location: new URL("http://page.test/chat/") });
    await expect(loadWhole("http://elsewhere.test/m/", { fetch: serve({}) })).rejects.toThrow(
      /at http:\/\/elsewhere/,
    );
    expect((await loadWhole(BASE, { fetch: serve(files()) })).name).toBe("tiny");
  });
});

describe("fingerprint", () => {
  const base = {
    model: MODEL,
    externalData: [{ path: "a", data: Uint8Array.of(1) }],
    tokenizerBytes: Uint8Array.of(2),
    rotary: { theta: 10000, rotaryDim: 16 },
  };

  it("is the same for the same model", async () => {
    const print = await fingerprintOf(base);
    expect(print).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprintOf(structuredClone(base))).toBe(print);
  });

  it.each([
    ["weights", { model: MODEL.with(MODEL.length - 1, 7) as Uint8Array<ArrayBuffer> }],
    ["external weights", { externalData: [{ path: "a", data: Uint8Array.of(3) }] }],
    ["the tokenizer", { tokenizerBytes: Uint8Array.of(3) }],
    ["the rotary base", { rotary: { theta: 5e5, rotaryDim: 16 } }],
    ["the rotated part", { rotary: { theta: 10000, rotaryDim: 8 } }],
  ])("changes with %s", async (_, change) => {
    expect(await fingerprintOf({ ...base, ...change })).not.toBe(await fingerprintOf(base));
  });
});
