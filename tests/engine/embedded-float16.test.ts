/** The embedded model's weights for GPUs with shader-f16, on wasm: they are the same model, and its rows carry a trace as well. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import { openModelFolder } from "../../src/engine/model-folder.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import masked from "../fixtures/masked-prefix.json" with { type: "json" };
import { largestDifference } from "../support/compare.ts";
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";

/** What rounding to 16 bits may change. */
const TOLERANCE = 0.1;

describe("the embedded model in 16 bits", () => {
  const decoders: Decoder[] = [];
  let whole: Decoder;
  let half: Decoder;

  beforeAll(async () => {
    const folder = await openModelFolder(projectUrl("public/models/embedded"), { fetch: diskFetch });
    const { float32, float16 } = folder.config.weights;
    for (const file of [float32, float16!]) {
      const weights = await folder.fetchWeights(file);
      // The stored logits are those of the other file.
      const { decoder } = await openDecoder(
        { ...folder, ...weights, selfTest: undefined },
        { backend: "wasm", capacity: 1024 },
      );
      decoders.push(decoder);
    }
    [whole, half] = decoders as [Decoder, Decoder];
  });
  afterAll(async () => {
    for (const decoder of decoders) await decoder.dispose();
  });

  it("computes what it computes in 32, and keeps rows of half the size", async () => {
    const logits = await half.run(masked.main_ids, "all");
    const expected = await whole.run(masked.main_ids, "all");
    expect([whole.dtype, half.dtype]).toEqual(["float32", "float16"]);
    const difference = largestDifference(logits, expected);
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
    expect(difference).toBeGreaterThan(0);
    // Beside logits of this size that is little.
    expect(largestDifference(expected, new Float32Array(expected.length))).toBeGreaterThan(10);
  });

  it("goes on from rows that it computed, as in 32 bits", async () => {
    const behindRows = async (decoder: Decoder) => {
      decoder.clear();
      await decoder.run(masked.main_ids.slice(0, 64));
      const slice = await decoder.take(16, 64);
      decoder.clear();
      await decoder.place([slice]);
      return decoder.run(masked.main_ids.slice(64, 128), "all");
    };
    const difference = largestDifference(await behindRows(half), await behindRows(whole));
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
    expect(difference).toBeGreaterThan(0);
  });
});
