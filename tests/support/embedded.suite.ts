/** The embedded model on every backend alike: stored logits, and the invariants of logs in front of a prompt. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import type { Fetch } from "../../src/engine/fetch-file.ts";
import { loadModelFolder, type ModelFolder } from "../../src/engine/model-folder.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import { greedy } from "../../src/engine/sample.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import composed from "../fixtures/composed.json" with { type: "json" };
import masked from "../fixtures/masked-prefix.json" with { type: "json" };
import { largestDifference } from "./compare.ts";
import { storedAndReloaded } from "./reloaded.ts";
import { leftUnrotated } from "./unrotated.ts";

const TOLERANCE = 1e-3;

/** Where the model folder is, as the backend's test reaches it. */
export interface ModelPlace {
  readonly url: string;
  readonly fetch?: Fetch;
}

export function embeddedSuite(backend: Backend, { url, fetch }: ModelPlace): void {
  describe(`the embedded model on ${backend}`, () => {
    let folder: ModelFolder;
    let decoder: Decoder;

    beforeAll(async () => {
      folder = await loadModelFolder(url, fetch ? { fetch } : {});
      ({ decoder } = await openDecoder(folder, {
        backend,
        capacity: 1024,
        gpuWays: [{ subgroups: false, rows: "fixed" }],
      }));
    });
    afterAll(() => decoder?.dispose());

    /** What a log leaves: all responses are encoded, rows of the last one are kept. */
    async function sliceOf({
      ids_all,
      ids_last,
    }: {
      ids_all: number[];
      ids_last: number[];
    }): Promise<KvSlice> {
      decoder.clear();
      await decoder.run(ids_all);
      return decoder.take(ids_all.length - ids_last.length, ids_all.length);
    }

    async function behind(slices: readonly KvSlice[], ids: readonly number[]): Promise<Float32Array> {
      decoder.clear();
      await decoder.place(slices);
      return decoder.run(ids, "all");
    }

    it("computes the logits stored beside it", async () => {
      // Half of what two backends may differ by: so any two agree within the tolerance.
      decoder.clear();
      const logits = await decoder.run(folder.selfTest!.ids);
      expect(decoder.backend).toBe(backend);
      expect(largestDifference(logits, folder.selfTest!.logits)).toBeLessThanOrEqual(TOLERANCE / 2);
    });

    it("a prefix of the same tokens at the same positions is the plain prompt", async () => {
      const { ids } = composed[0]!;
      const half = Math.floor(ids.length / 2);
      decoder.clear();
      await decoder.run(ids.slice(0, half));
      const prefix = await decoder.take(0, half);
      const wanted = await decoder.run(ids.slice(half), "all");
      const got = await behind([prefix], ids.slice(half));
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(TOLERANCE);
      expect(choices(got, decoder.vocabSize)).toEqual(choices(wanted, decoder.vocabSize));
    });

    it("logs stored and reloaded in front are one masked pass of the model, and the control is not", async () => {
      expect(masked.logs.filter(({ responses }) => responses.length > 1).length).toBeGreaterThanOrEqual(2);
      const slices: KvSlice[] = [];
      for (const log of masked.logs) slices.push(await sliceOf(log));
      expect(slices.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(masked.prefix_tokens);
      const last = -masked.last * decoder.vocabSize;
      const wanted = Float32Array.from(masked.logits.flat());
      const reloaded = await Promise.all(slices.map(storedAndReloaded));
      const got = (await behind(reloaded, masked.main_ids)).subarray(last);
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(TOLERANCE);
      expect(choices(got, decoder.vocabSize)).toEqual(choices(wanted, decoder.vocabSize));

      let position = 0;
      const unrotated = slices.map((slice) => {
        const control = leftUnrotated(slice, position, folder.config.rotary);
        position += slice.tokens;
        return control;
      });
      const control = await behind(unrotated, masked.main_ids);
      expect(largestDifference(control.subarray(last), wanted)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });
  });
}

function choices(logits: Float32Array, vocab: number): number[] {
  return Array.from({ length: logits.length / vocab }, (_, i) =>
    greedy(logits.subarray(i * vocab, (i + 1) * vocab)),
  );
}
