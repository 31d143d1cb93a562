/** A sentence embedder of a hub: known as one, looked into before it is fetched, kept, and not taken for a model that answers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { suggestedOf } from "../../src/hub/choose-variant.ts";
import { downloadModel } from "../../src/hub/download-model.ts";
import { ensureModel } from "../../src/hub/ensure-model.ts";
import { planModel } from "../../src/hub/plan-model.ts";
import { listStored } from "../../src/hub/stored-models.ts";
import { variantsOf } from "../../src/hub/variants.ts";
import { type HubServer, startHub } from "../support/hub-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { DIMENSION, embedderFiles, type Files, poolingJson, tinyEmbedder } from "../support/tiny-embedder.ts";
import { sourceOf, startTinyHub } from "../support/tiny-hub.ts";

const GRAPH = "onnx/model.onnx";

let hub: HubServer;
let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});
afterEach(() => hub.close());

async function open(change: Files = {}): Promise<void> {
  const files = { ...embedderFiles(tinyEmbedder(false)), ...change };
  const there = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  hub = await startHub({ files: Object.fromEntries(there), id: "owner/embedder" });
}

const plan = () => planModel(sourceOf(hub).source, "webgpu-f16");
const asked = () => hub.requests.map(({ file }) => file);

describe("a sentence embedder of a hub", () => {
  it("is known by its modules, runs on wasm whatever the model runs on, and costs a few small files to know", async () => {
    await open();
    const known = await plan();
    expect(known).toMatchObject({ role: "embedder", device: "wasm", noRows: undefined, suggested: "fp32" });
    expect(known.common.map(({ path }) => path)).toContain("1_Pooling/config.json");
    expect(known.variants[0]!.memory).toMatchObject({ rows: 0, working: 4096 * 16 * DIMENSION * 4 });
    expect(asked()).not.toContain(GRAPH);
    expect(asked()).not.toContain("tokenizer.json");
  });

  it("is fetched once with all that it is read from, and needs no hub afterwards", async () => {
    await open();
    const { source } = sourceOf(hub);
    const options = { device: "webgpu-f16", role: "embedder" } as const;
    const first = await ensureModel(source, store, options);
    expect(first).toMatchObject({ role: "embedder", variant: "fp32", graph: GRAPH, complete: true });
    expect(first.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([GRAPH, "modules.json", "1_Pooling/config.json", "tokenizer.json"]),
    );
    const before = asked().length;
    expect(await ensureModel(source, store, options)).toEqual(first);
    expect(asked().length).toBe(before);
    // A listing of earlier builds has no such word.
    expect((await listStored(store))[0]!.role).toBe("embedder");
  });

  it("is not used as a model that answers, nor such a model as an embedder; nothing of it is fetched", async () => {
    await open();
    const wanted = (role: "decoder" | "embedder") =>
      ensureModel(sourceOf(hub).source, store, { device: "wasm", role });
    await expect(wanted("decoder")).rejects.toThrow(/owner\/embedder is a sentence embedder.*Choose another/);
    expect(asked()).not.toContain(GRAPH);
    await hub.close();
    hub = await startTinyHub();
    await expect(wanted("embedder")).rejects.toThrow(/owner\/tiny is no sentence embedder/);
    // Nor when it is kept already.
    await downloadModel(await plan(), "fp32", sourceOf(hub).source, store);
    await expect(wanted("embedder")).rejects.toThrow(/no sentence embedder/);
    expect((await wanted("decoder")).role).toBeUndefined();
  });

  it.each<[string, Files, RegExp]>([
    ["pooling", { "1_Pooling/config.json": poolingJson("max_tokens") }, /pools by .*expected mean/],
    ["a missing pooling", { "1_Pooling/config.json": undefined }, /1_Pooling\/config\.json is not there/],
    ["modules that are no list", { "modules.json": "{}" }, /modules\.json is not a JSON list/],
    ["no tokenizer", { "tokenizer.json": undefined }, /has no tokenizer\.json/],
  ])("is refused before its weights are fetched for %s", async (_, change, message) => {
    await open(change);
    await expect(plan()).rejects.toThrow(message);
    expect(asked()).not.toContain(GRAPH);
  });

  it("comes in whole numbers unless they are large", async () => {
    await open();
    const files = (size: number) => [
      { path: GRAPH, size },
      { path: "onnx/model_quantized.onnx", size: size / 4 },
      { path: "onnx/model_fp16.onnx", size: size / 2 },
    ];
    const suggested = (size: number) => suggestedOf(variantsOf(files(size)), "wasm", "embedder");
    expect(suggested(90e6)).toBe("fp32");
    expect(suggested(900e6)).toBe("q8");
    expect(suggested(1200e6)).toBe("q8"); // neither is small
  });
});
