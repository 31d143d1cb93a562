/** The embedded model's weights for GPUs with shader-f16, on wasm: they are the same model, and go on from their own rows as it does. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import { openModelFolder } from "../../src/engine/model-folder.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
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

  it("computes what it computes in 32", async () => {
    half.clear();
    whole.clear();
    const logits = await half.run(masked.main_ids, "all");
    const expected = await whole.run(masked.main_ids, "all");
    expect([whole.dtype, half.dtype]).toEqual(["float32", "float16"]);
    const difference = largestDifference(logits, expected);
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
    expect(difference).toBeGreaterThan(0);
    // Beside logits of this size that is little.
    expect(largestDifference(expected, new Float32Array(expected.length))).toBeGreaterThan(10);
  });

  it("goes on from rows of half the size that it computed, as in 32 bits", async () => {
    const sliceOf = async (decoder: Decoder) => {
      decoder.clear();
      await decoder.run(masked.main_ids.slice(0, 64));
      return decoder.take(16, 64);
    };
    const [rows, wholeRows] = [await sliceOf(half), await sliceOf(whole)];
    expect(rows.keys.byteLength).toBe(wholeRows.keys.byteLength / 2);
    const behind = async (decoder: Decoder, slices: readonly KvSlice[]) => {
      decoder.clear();
      await decoder.place(slices);
      return decoder.run(masked.main_ids.slice(64, 128), "all");
    };
    const got = await behind(half, [rows]);
    const difference = largestDifference(got, await behind(whole, [wholeRows]));
    expect(difference).toBeLessThanOrEqual(TOLERANCE);
    expect(difference).toBeGreaterThan(0);
    // Without the rows they are other logits.
    expect(largestDifference(got, await behind(half, []))).toBeGreaterThan(10 * TOLERANCE);
  });
});
