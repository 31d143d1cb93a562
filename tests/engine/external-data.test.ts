/** Weights that stand in a file beside the graph: fetched, given to the runtime, and part of the fingerprint. */
import { describe, expect, it } from "vitest";
import { fingerprintOf } from "../../src/engine/fingerprint.ts";
import { openModelFolder } from "../../src/engine/model-folder.ts";
import { largestDifference } from "../support/compare.ts";
import { tinyFolder, withDecoder } from "../support/open.ts";
import { buildModel, configJson, randomWeights, TINY } from "../support/tiny-model.ts";

const weights = randomWeights(TINY);
const embedding = new Uint8Array(weights.embedding.slice().buffer);
const files: Record<string, BodyInit> = {
  "config.json": JSON.stringify(configJson(TINY)),
  "tokenizer.json": "{}",
  "tokenizer_config.json": JSON.stringify({ chat_template: "" }),
  "onnx/model.onnx": buildModel({ ...TINY, embeddingIn: "model.onnx_data" }, weights),
  "onnx/model.onnx_data": embedding,
};

const load = async (files: Record<string, BodyInit>) => {
  const folder = await openModelFolder("http://page.test/m/", {
    fetch: async (url) => {
      const file = files[url.slice("http://page.test/m/".length)];
      return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
    },
  });
  return { ...folder, ...(await folder.fetchWeights("onnx/model.onnx")) };
};

describe("external data", () => {
  it("a model with weights beside it computes what it computes with weights inside", async () => {
    const ids = [5, 42, 79];
    const folder = await load(files);
    expect(folder.externalData.map(({ path }) => path)).toEqual(["model.onnx_data"]);
    const beside = await withDecoder(folder, "wasm", (decoder) => decoder.run(ids, "all"));
    const inside = await withDecoder(tinyFolder(TINY), "wasm", (decoder) => decoder.run(ids, "all"));
    expect(largestDifference(beside, inside)).toBe(0);
  });

  it("other weights beside the same graph are another model", async () => {
    const other = embedding.slice();
    other[2] = other[2]! ^ 1;
    const prints = await Promise.all(
      [files, { ...files, "onnx/model.onnx_data": other }].map(async (folder) => {
        const loaded = await load(folder);
        return fingerprintOf({ ...loaded, rotary: loaded.config.rotary });
      }),
    );
    expect(prints[0]).not.toBe(prints[1]);
  });

  it("says which file is missing", async () => {
    const { "onnx/model.onnx_data": _, ...incomplete } = files;
    await expect(load(incomplete)).rejects.toThrow(/m\/onnx\/model\.onnx_data is not there/);
  });
});
