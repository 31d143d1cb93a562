/**
 * Models as the usual exporters write them (`scripts/exporters`), on every backend alike: PyTorch's logits, and the
 * invariants of logs in front of a prompt.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import { greedy } from "../../src/engine/sample.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { largestDifference } from "./compare.ts";
import {
  type Exported,
  exported,
  type ReadFixture,
  type Reference,
  readExported,
  readReference,
} from "./exports.ts";
import { storedAndReloaded } from "./reloaded.ts";

/**
 * Logits are of a size of about 5. The weights of all precisions are the same numbers (scripts/exporters/families.py):
 * what is allowed is what computing in 16 bits costs, or, for 4-bit products of accuracy level 4, rounding what comes in
 * to 8 bits.
 */
function toleranceOf({ form, precision }: Exported): number {
  if (precision === "f16") return 5e-2;
  return form === "fused" && precision === "q4" ? 0.3 : 1e-3;
}

/** Those whose rows can be carried. */
export const carried = exported.filter(({ family }) => family !== "mistral");

export function exportsSuite(which: readonly Exported[], backend: Backend, read: ReadFixture): void {
  describe.each(which)(`$family, $form, $precision, by $exporter, on ${backend}`, (entry) => {
    const tolerance = toleranceOf(entry);
    let decoder: Decoder;
    let reference: Reference;

    beforeAll(async () => {
      const folder = await readExported(entry, read);
      ({ decoder } = await openDecoder(folder, { backend, gpuWays: [{ subgroups: false, rows: "fixed" }] }));
      reference = await readReference(entry.family, read);
    });
    afterAll(() => decoder?.dispose());

    async function behind(slices: readonly KvSlice[], ids: readonly number[]): Promise<Float32Array> {
      decoder.clear();
      await decoder.place(slices);
      return decoder.run(ids, "all");
    }

    it("computes PyTorch's logits, at once and token by token", async () => {
      const { ids, logits } = reference;
      // Only torch's graphs were written with `num_logits_to_keep`.
      const lastLogitsOnly = entry.exporter === "torch";
      expect(decoder).toMatchObject({ backend, noRows: undefined, lastLogitsOnly });
      decoder.clear();
      expect(largestDifference(await decoder.run(ids, "all"), logits)).toBeLessThanOrEqual(tolerance);
      decoder.clear();
      await decoder.run(ids.slice(0, -2));
      await decoder.run(ids.slice(-2, -1));
      const last = await decoder.run(ids.slice(-1));
      expect(largestDifference(last, logits.subarray(-decoder.vocabSize))).toBeLessThanOrEqual(tolerance);
    });

    it("a stored prefix of the same tokens is the plain prompt, wherever its rows come from", async () => {
      const { ids, logits } = reference;
      decoder.clear();
      await decoder.run([...ids].reverse());
      decoder.clear();
      await decoder.run(ids.slice(0, 24));
      const [one, two] = [await decoder.take(0, 9), await storedAndReloaded(await decoder.take(9, 24))];
      const got = await behind([one, two], ids.slice(24));
      expect(largestDifference(got, logits.subarray(24 * decoder.vocabSize))).toBeLessThanOrEqual(tolerance);
      if (entry.precision === "f32")
        expect(chosen(got)).toEqual(chosen(logits.subarray(24 * decoder.vocabSize)));
      // And the next token behind rows that were placed, run and forgotten again.
      await decoder.truncate(30);
      const next = await decoder.run(ids.slice(30, 31));
      const wanted = logits.subarray(30 * decoder.vocabSize, 31 * decoder.vocabSize);
      expect(largestDifference(next, wanted)).toBeLessThanOrEqual(tolerance);
    });

    it("last responses of logs in front are PyTorch's one masked pass; moved ones are not", async () => {
      const { logs, main, masked } = reference;
      const slices: KvSlice[] = [];
      for (const { earlier, last } of logs) {
        decoder.clear();
        await decoder.run([...earlier, ...last]);
        slices.push(await decoder.take(earlier.length, earlier.length + last.length));
      }
      const got = await behind(slices, main);
      expect(largestDifference(got, masked)).toBeLessThanOrEqual(tolerance);
      const moved = await behind([...slices].reverse(), main);
      expect(largestDifference(moved, masked)).toBeGreaterThanOrEqual(0.5);
    });

    function chosen(logits: Float32Array): number[] {
      const { vocabSize } = decoder;
      return Array.from({ length: logits.length / vocabSize }, (_, i) =>
        greedy(logits.subarray(i * vocabSize, (i + 1) * vocabSize)),
      );
    }
  });
}
