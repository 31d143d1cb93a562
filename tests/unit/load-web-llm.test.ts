/** A WebLLM model from its address to an engine, with a stand-in for the library: what is fetched, said, kept, refused. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ImportedLibrary, MlcEngine } from "../../src/engine/webllm/library.ts";
import { type LoadWebLlmOptions, loadWebLlm } from "../../src/engine/webllm/load-web-llm.ts";
import type { Verdict } from "../../src/engine/webllm/verdicts.ts";
import { type FakeOptions, fakeWebLlm } from "../support/fake-web-llm.ts";
import { chatConfig } from "../support/web-llm-config.ts";

const MODEL = "https://models.example/tiny/";
const LIB = "https://models.example/tiny-webgpu.wasm";
const ADDRESS = `web-llm:tiny?${new URLSearchParams({ model: MODEL, lib: LIB })}`;

const TOKENIZER = {
  added_tokens: [{ id: 2, content: "<|im_end|>", special: true }],
  normalizer: null,
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: { "[UNK]": 0, hello: 1, "<|im_end|>": 2 }, unk_token: "[UNK]" },
};

/** The model's files, as a hub gives them. */
function files(change: Readonly<Record<string, unknown>> = {}) {
  const given: Record<string, unknown> = {
    "mlc-chat-config.json": chatConfig(),
    "tokenizer.json": TOKENIZER,
    "tensor-cache.json": { records: [{ nbytes: 123, md5sum: "a1" }] },
    ...change,
  };
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    const body = given[url.replace(`${MODEL}resolve/main/`, "")];
    return body === undefined ? new Response(null, { status: 404 }) : Response.json(body);
  };
  return { asked, fetch };
}

/** A library whose engine has the inner parts of the stand-in, and writes down how it is loaded. */
function library(version = "0.2.86", fake: FakeOptions = {}) {
  const did: string[] = [];
  const { engine: inner } = fakeWebLlm(fake);
  const [pipeline] = [
    ...(
      inner as unknown as { loadedModelIdToPipeline: Map<string, unknown> }
    ).loadedModelIdToPipeline.values(),
  ];
  const barriers = GPUDevice.prototype.createShaderModule;
  class MLCEngine {
    loadedModelIdToPipeline = new Map([["tiny", pipeline]]);
    async reload(id: string) {
      did.push(
        `load ${id}${GPUDevice.prototype.createShaderModule === barriers ? "" : " under the barrier"}`,
      );
    }
    async unload() {
      did.push("unload");
    }
    async resetChat() {}
    async forwardTokensAndSample() {
      return 0;
    }
  }
  const list = { model_list: [{ model: MODEL, model_id: "listed", model_lib: LIB }] };
  const imported = {
    version,
    library: { MLCEngine: MLCEngine as unknown as new () => MlcEngine, prebuiltAppConfig: list },
  } as unknown as ImportedLibrary;
  return { did, imported };
}

function memory(first?: Verdict) {
  const kept = new Map<string, Verdict>();
  return {
    kept,
    get: async (key: string) => kept.get(key) ?? first,
    put: async (key: string, verdict: Verdict) => void kept.set(key, verdict),
  };
}

const load = (change: Partial<LoadWebLlmOptions> = {}) => {
  const { imported } = library();
  const { fetch } = files();
  return loadWebLlm({ modelUrl: ADDRESS, backend: "auto", imported, verdicts: memory(), fetch, ...change });
};

beforeEach(() => {
  const info = { vendor: "v", architecture: "a", device: "d", description: "" };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => ({ info }) } });
  class Device {
    createShaderModule() {}
  }
  vi.stubGlobal("GPUDevice", Device);
});
afterEach(() => vi.unstubAllGlobals());

const WORKS: Verdict = { method: "fused", race: false, reasons: [] };

describe("load-web-llm", () => {
  test("says what the model is; what was tested before is not tested again", async () => {
    const { did, imported } = library();
    const { asked, fetch } = files();
    const engine = await load({ imported, fetch, verdicts: memory(WORKS) });
    expect(did).toEqual(["load tiny"]);
    expect(engine.model).toMatchObject({
      name: "tiny",
      contextLength: 64,
      shape: { layers: 2, kvHeads: 2, headDim: 8 },
      dtype: "float32",
      weightBytes: 123,
    });
    expect(engine.model.noRows).toBeUndefined();
    // The stand-in has no pages.
    expect(engine.notices).toEqual([expect.stringMatching(/^The way "pages" was passed over/)]);
    expect(engine.tokenize("hello <|im_end|>")).not.toContain(2);
    expect(asked.every((url) => url.startsWith(`${MODEL}resolve/main/`))).toBe(true);
  });

  test("where this adapter races, the model is loaded under the barrier, and it is said", async () => {
    const { did, imported } = library();
    const engine = await load({ imported, verdicts: memory({ ...WORKS, race: true }) });
    expect(did).toEqual(["load tiny under the barrier"]);
    expect(engine.notices.join()).toMatch(/a barrier in its shader; one was added/);
    expect(engine.model.noRows).toBeUndefined();
  });

  test("a version that was never tested answers, with logs as text, and one sentence", async () => {
    const { did, imported } = library("0.3.0");
    const verdicts = memory();
    const engine = await load({ imported, verdicts });
    expect(did).toEqual(["load tiny"]);
    expect(engine.model.noRows).toMatch(/never tested with rows: WebLLM 0\.3\.0/);
    expect(engine.model.contextLength).toBe(64);
    expect(engine.notices).toEqual([expect.stringMatching(/^Logs are used as text, not as rows: .*0\.3\.0/)]);
    expect(verdicts.kept.size).toBe(0);
    await expect(engine.chat({ messages: [] }, { prefix: [] })).rejects.toThrow(); // the stand-in has no chat
  });

  test("a self-test that fails is kept; the model is loaded afresh, and answers with logs as text", async () => {
    const { did, imported } = library("0.2.86", { forgets: true });
    const verdicts = memory();
    const engine = await load({ imported, verdicts });
    expect(did).toEqual(["load tiny", "load tiny"]);
    expect([...verdicts.kept.values()]).toMatchObject([{ method: null, race: false }]);
    expect(engine.model.noRows).toMatch(/a self-test that failed/);
  });

  test("one that ends with an error, as where the GPU was lost, is made again at the next load", async () => {
    const { did, imported } = library(); // the stand-in has nothing to read rows from
    const verdicts = memory();
    const engine = await load({ imported, verdicts });
    expect(did).toEqual(["load tiny", "load tiny"]);
    expect(engine.model.noRows).toMatch(/a self-test that failed/);
    expect(verdicts.kept.size).toBe(0);
  });

  test("other weights, another tokenizer or another rotation make another model", async () => {
    const fingerprintOf = async (change: Readonly<Record<string, unknown>>) =>
      (await load({ fetch: files(change).fetch, verdicts: memory(WORKS) })).model.fingerprint;
    const prints = await Promise.all([
      fingerprintOf({}),
      fingerprintOf({ "tensor-cache.json": { records: [{ nbytes: 123, md5sum: "b2" }] } }),
      fingerprintOf({ "tokenizer.json": { ...TOKENIZER, version: "2" } }),
      fingerprintOf({ "mlc-chat-config.json": chatConfig({ model_config: { rope_theta: 5e5 } }) }),
    ]);
    expect(new Set(prints).size).toBe(4);
    expect(await fingerprintOf({})).toBe(prints[0]);
  });

  const refused = {
    "the wasm backend": [{ backend: "wasm" as const }, "InputError", /WebLLM runs on WebGPU only/],
    "an id that no list has": [
      { modelUrl: "web-llm:unknown" },
      "InputError",
      /"unknown", which WebLLM's list does not have/,
    ],
    "a model without its list of weights": [
      { fetch: files({ "tensor-cache.json": undefined }).fetch },
      "ModelFileError",
      /ndarray-cache\.json is not there/,
    ],
    "a tokenizer of another kind": [
      {
        fetch: files({ "mlc-chat-config.json": chatConfig({ tokenizer_files: ["tokenizer.model"] }) }).fetch,
      },
      "ModelUnsupportedError",
      /no tokenizer\.json/,
    ],
  } as const;
  for (const [name, [change, error, message]] of Object.entries(refused)) {
    test(`${name} is refused before anything is loaded`, async () => {
      const { did, imported } = library();
      await expect(load({ imported, ...change })).rejects.toMatchObject({
        name: error,
        message: expect.stringMatching(message),
      });
      expect(did).toEqual([]);
    });
  }

  test("no adapter is told by name", async () => {
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
    await expect(load()).rejects.toMatchObject({ name: "ModelUnsupportedError" });
  });

  test("whoever stops it hears AbortError, and nothing stays loaded", async () => {
    const { did, imported } = library();
    const stop = new AbortController();
    const loading = load({ imported, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(loading).rejects.toMatchObject({ name: "AbortError" });
    expect(did.at(-1)).toBe("unload");
  });
});
