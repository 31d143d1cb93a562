/** What is known of a model before its weights are fetched, and which variant a device gets. */
import { afterEach, describe, expect, it } from "vitest";
import type { DeviceClass } from "../../src/hub/choose-variant.ts";
import { downloadModel } from "../../src/hub/download-model.ts";
import { FolderSource } from "../../src/hub/folder-source.ts";
import { planModel, variantIn } from "../../src/hub/plan-model.ts";
import { completeModel, storedFetch, storedUrl } from "../../src/hub/stored-models.ts";
import type { HubServer } from "../support/hub-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { hubFiles, sourceOf, startTinyHub, WEIGHTS } from "../support/tiny-hub.ts";
import { configJson, TINY } from "../support/tiny-model.ts";

let hub: HubServer | undefined;
afterEach(() => hub?.close());

function chosen(files: Record<string, Uint8Array | string | undefined>, folder = "tiny") {
  return Object.entries(files).flatMap(([path, content]) =>
    content === undefined
      ? []
      : [{ path: `${folder}/${path}`, bytes: new Blob([content as Uint8Array<ArrayBuffer>]) }],
  );
}

const planOf = (change: Record<string, Uint8Array | string | undefined>, device: DeviceClass = "webgpu") =>
  planModel(new FolderSource(chosen({ ...hubFiles(), ...change })), device);

const names = ["fp32", "fp16", "q8", "q4", "q4f16", "bnb4"] as const;
const ENDINGS = { fp32: "", fp16: "_fp16", q8: "_quantized", q4: "_q4", q4f16: "_q4f16", bnb4: "_bnb4" };
const allVariants = Object.fromEntries(names.map((name) => [`onnx/model${ENDINGS[name]}.onnx`, WEIGHTS]));

describe("plan-model", () => {
  it("says sizes and memory from a listing and a configuration alone", async () => {
    hub = await startTinyHub();
    const { source } = sourceOf(hub);
    const plan = await planModel(source, "webgpu");
    expect(hub.requests.every(({ file }) => ["tree", "config.json"].includes(file))).toBe(true);
    const small = ["config.json", "tokenizer.json", "tokenizer_config.json"];
    expect(plan.common.map(({ path }) => path)).toEqual(small);
    const q4 = plan.variants.find(({ name }) => name === "q4")!;
    const common = plan.common.reduce((sum, { size }) => sum + size, 0);
    expect(q4.downloadBytes).toBe(common + 91_000);
    // 2 layers, 2 KV heads of 16, keys and values of 4 bytes, at the 256 positions that the model was made for.
    expect(q4.memory).toMatchObject({ weights: 91_000, rows: 2 * 2 * 2 * 16 * 4 * 256 });
    expect(q4.memory.total).toBe(q4.memory.weights + q4.memory.rows + q4.memory.working);
    const half = plan.variants.find(({ name }) => name === "q4f16")!;
    expect(half.memory.rows).toBe(q4.memory.rows / 2);
  });

  it.each<[DeviceClass, string, string[]]>([
    ["webgpu-f16", "q4f16", ["bnb4"]],
    ["webgpu", "q4", ["fp16", "q4f16", "bnb4"]],
    ["wasm", "q8", ["fp16", "q4f16", "bnb4"]],
  ])("on %s suggests %s and has reasons against others", async (device, suggested, against) => {
    const plan = await planOf({ ...allVariants, "onnx/model_q4.onnx_data": undefined }, device);
    expect(plan.variants.map(({ name }) => name)).toEqual([...names]);
    expect(plan.suggested).toBe(suggested);
    expect(plan.variants.filter(({ obstacle }) => obstacle).map(({ name }) => name)).toEqual(against);
    expect(variantIn(plan, undefined).name).toBe(suggested);
  });

  it("refuses with the reason: no shader-f16, an unknown variant, nothing that runs here", async () => {
    const plan = await planOf({});
    expect(() => variantIn(plan, "q4f16")).toThrow(
      /q4f16 of tiny cannot run .* shader-f16, and the GPU adapter/,
    );
    expect(() => variantIn(plan, "q3")).toThrow(/no variant "q3", expected one of fp32, q4, q4f16/);
    const onlyHalf = await planOf({ "onnx/model.onnx": undefined, "onnx/model_q4.onnx": undefined }, "wasm");
    expect(onlyHalf.suggested).toBeUndefined();
    expect(() => variantIn(onlyHalf)).toThrow(/No variant of tiny runs on this device. q4f16: .* on wasm/);
  });

  it.each<[string, Record<string, undefined | string>, RegExp]>([
    [
      "no ONNX weights",
      { "onnx/model.onnx": undefined, "onnx/model_q4.onnx": undefined, "onnx/model_q4f16.onnx": undefined },
      /has no ONNX weights/,
    ],
    ["no tokenizer", { "tokenizer.json": undefined }, /tiny has no tokenizer\.json/],
    ["no configuration", { "config.json": undefined }, /has no config\.json/],
    [
      "a kind that cannot run",
      { "config.json": JSON.stringify({ ...configJson(TINY), is_encoder_decoder: true }) },
      /encoder-decoder/,
    ],
  ])("refuses a folder with %s before anything is copied", async (_, change, message) => {
    await expect((async () => planOf(change))()).rejects.toThrow(message);
  });

  it("says of a model whose rows cannot be carried that it remembers by text only, and why", async () => {
    expect((await planOf({})).noRows).toBeUndefined();
    const config = JSON.stringify({ ...configJson(TINY), kv_lora_rank: 512 });
    expect((await planOf({ "config.json": config })).noRows).toMatch(/latent attention/);
  });

  it("takes a folder of this device, as one of a hub", async () => {
    const store = new MemoryStore();
    const source = new FolderSource(chosen(hubFiles()));
    const stored = await downloadModel(await planModel(source, "wasm"), "q4", source, store);
    expect(stored).toMatchObject({ base: "this device", id: "tiny", complete: true });
    const model = await completeModel(store, stored.key);
    const fetch = storedFetch(store, model);
    expect((await fetch(`${storedUrl(model)}onnx/model_q4.onnx`)).headers.get("content-length")).toBe("1000");
    expect((await fetch(`${storedUrl(model)}onnx/model.onnx`)).status).toBe(404);
    await expect(completeModel(store, "gone")).rejects.toThrow(/not in this browser any more/);
  });

  it("takes a folder whose weights were made anew, in the same size, for another model", async () => {
    const store = new MemoryStore();
    const take = async (lastModified: number, weights: number) => {
      const files = chosen(hubFiles()).map(({ path, bytes }) => {
        const content = path.endsWith("model_q4.onnx") ? new Uint8Array(1000).fill(weights) : bytes;
        return { path, bytes: new File([content], "f", { lastModified }) };
      });
      const source = new FolderSource(files);
      const stored = await downloadModel(await planModel(source, "wasm"), "q4", source, store);
      const answer = await storedFetch(store, stored)(`${storedUrl(stored)}onnx/model_q4.onnx`);
      return { key: stored.key, first: new Uint8Array(await answer.arrayBuffer())[0] };
    };
    const [first, again, anew] = [await take(1e12, 1), await take(1e12, 1), await take(2e12, 2)];
    expect(again).toEqual(first);
    expect(anew).toMatchObject({ first: 2 });
    expect(anew.key).not.toBe(first.key);
  });
});
