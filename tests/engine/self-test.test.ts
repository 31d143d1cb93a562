/** The start-up self-tests on wasm: wrong attention, wrong rotation and wrong weights are each caught by numbers. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readModelConfig } from "../../src/engine/model-config.ts";
import { attentionReference } from "../../src/engine/onnx/attention.reference.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import type { RunnableFolder } from "../../src/engine/open-on.ts";
import { largestDifference } from "../support/compare.ts";
import { exported, readExported } from "../support/exports.ts";
import { folderOf, tinyFolder } from "../support/open.ts";
import { buildModel, configJson, randomWeights, TINY } from "../support/tiny-model.ts";

const fixtures = new URL("../fixtures/exports/", import.meta.url);
const read = async (file: string) => new Uint8Array(await readFile(new URL(file, fixtures)));
const good = tinyFolder(TINY);
const open = (folder: RunnableFolder, change = {}) => openDecoder(folder, { backend: "wasm", ...change });
const refusal = (message: RegExp) =>
  expect.objectContaining({ name: "ModelUnsupportedError", message: expect.stringMatching(message) });

async function logitsOf(ids: number[]): Promise<number[]> {
  const { decoder } = await open(good);
  const logits = [...(await decoder.run(ids))];
  await decoder.dispose();
  return logits;
}

describe("self-test on wasm", () => {
  it("attention off by one percent is caught", async () => {
    const broken: typeof attentionReference = (shape, rows) =>
      attentionReference(shape, rows).map((x) => x * 1.01);
    await expect(open(good, { attentionReference: broken })).rejects.toThrow(
      refusal(/attention over 37 rows.*off by/),
    );
  });

  it("a fault that only a single step behind past rows shows is caught", async () => {
    const broken: typeof attentionReference = (shape, rows) =>
      rows.queries.length === shape.heads * shape.headDim
        ? attentionReference(shape, { ...rows, values: rows.values.map((x) => -x) })
        : attentionReference(shape, rows);
    await expect(open(good, { attentionReference: broken })).rejects.toThrow(
      refusal(/attention over 38 rows \(1 new/),
    );
  });

  const belied = [
    ["another base", { rope_theta: 1000 }],
    ["partial rotation", { partial_rotary_factor: 0.5 }],
    ["neighbours that turn", { model_type: "cohere" }],
  ] as const;

  it.each(belied)("a config.json with %s than the weights is caught", async (_, change) => {
    const smollm2 = exported.find(({ family, form }) => family === "smollm2" && form === "plain")!;
    const right = await readExported(smollm2, read);
    const config = readModelConfig({ ...right.configFields, ...change });
    await expect(open({ ...right, config })).rejects.toThrow(refusal(/un-rotated keys of one token differ/));
  });

  it.each(belied)(
    "where the graph says itself how keys turn, %s in config.json does no harm",
    async (_, change) => {
      const separate = { ...TINY, rotation: "separate" } as const;
      const model = buildModel(separate, randomWeights(separate));
      const { decoder } = await open(folderOf({ ...configJson(TINY), ...change }, model));
      const ids = [3, 14, 15, 92, 65, 35];
      await decoder.run(ids.slice(0, 4));
      const slice = await decoder.take(0, 4);
      const wanted = await decoder.run(ids.slice(4));
      decoder.clear(7);
      await decoder.place([slice]);
      expect(largestDifference(await decoder.run(ids.slice(4)), wanted)).toBeLessThanOrEqual(1e-3);
      await decoder.dispose();
    },
  );

  it("stored logits pass when they are the model's, and fail when they are not", async () => {
    const ids = [3, 14, 15, 92];
    const logits = await logitsOf(ids);
    const { decoder } = await open({ ...good, selfTest: { ids, logits } });
    expect(decoder.length).toBe(0);
    await decoder.dispose();
    const off = logits.map((value, i) => (i === 17 ? value + 0.01 : value));
    await expect(open({ ...good, selfTest: { ids, logits: off } })).rejects.toThrow(
      refusal(/logits differ.*1\.0e-2/),
    );
    await expect(open({ ...good, selfTest: { ids, logits: logits.slice(1) } })).rejects.toThrow(
      refusal(/Infinity/),
    );
  });

  it("weights that are no model are a file error, another geometry is refused by name", async () => {
    const junk = { ...good, model: new Uint8Array(500).fill(7) };
    await expect(open(junk)).rejects.toThrow(expect.objectContaining({ name: "ModelFileError" }));
    const other = folderOf(configJson({ ...TINY, kvHeads: 4 }), good.model);
    await expect(open(other)).rejects.toThrow(
      refusal(/past_key_values\.0\.key.*\[batch_size, 2, past, 16\]/),
    );
    const deeper = folderOf(configJson({ ...TINY, layers: 3 }), good.model);
    await expect(open(deeper)).rejects.toThrow(refusal(/no "past_key_values\.2\.key"/));
  });

  it("a real model's own numbers pass in every form", async () => {
    for (const change of [
      {},
      { rotation: "separate" },
      { headDim: 32, kvHeads: 1 },
      { theta: 500_000 },
    ] as const) {
      const config = { ...TINY, ...change };
      const { decoder, notices } = await open(
        folderOf(configJson(config), buildModel(config, randomWeights(config, 9))),
      );
      expect(notices).toEqual([]);
      await decoder.dispose();
    }
  });
});
