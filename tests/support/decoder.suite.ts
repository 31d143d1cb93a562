/** What every decoder must hold, in every form of graph and on every backend alike, on random weights. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import { greedy } from "../../src/engine/sample.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { largestDifference } from "./compare.ts";
import { tinyFolder } from "./open.ts";
import { TINY, type TinyConfig } from "./tiny-model.ts";
import { leftUnrotated } from "./unrotated.ts";

const CONTEXT = Array.from({ length: 41 }, (_, i) => (i * 37 + 5) % TINY.vocab);
const NEXT = Array.from({ length: 7 }, (_, i) => (i * 53 + 11) % TINY.vocab);
const CAPACITY = 96;

export interface DecoderSuiteOptions {
  /** Of logits. Default 1e-3, that of f32. */
  readonly tolerance?: number;
  /** How rows are kept on the GPU. Default "fixed". */
  readonly rows?: "fixed" | "growing";
}

export function decoderSuite(
  name: string,
  change: Partial<TinyConfig>,
  backend: Backend,
  { tolerance = 1e-3, rows: kept = "fixed" }: DecoderSuiteOptions = {},
): void {
  const config = { ...TINY, ...change };

  describe(`decoder, ${name}, ${kept} rows, on ${backend}`, () => {
    let decoder: Decoder;

    beforeAll(async () => {
      ({ decoder } = await openDecoder(tinyFolder(config), {
        backend,
        capacity: CAPACITY,
        gpuWays: [{ subgroups: false, rows: kept }],
      }));
    });
    afterAll(() => decoder?.dispose());

    /** Logits of NEXT behind CONTEXT, run as plain tokens. */
    async function plain(): Promise<Float32Array> {
      decoder.clear();
      await decoder.run(CONTEXT);
      return decoder.run(NEXT, "all");
    }

    async function behind(slices: readonly KvSlice[], firstPosition = 0): Promise<Float32Array> {
      decoder.clear(firstPosition);
      await decoder.place(slices);
      return decoder.run(NEXT, "all");
    }

    async function rows(from: number, to: number): Promise<KvSlice> {
      decoder.clear();
      await decoder.run(CONTEXT);
      return decoder.take(from, to);
    }

    it("runs on the backend that was asked for", () => {
      expect(decoder).toMatchObject({
        backend,
        capacity: CAPACITY,
        vocabSize: config.vocab,
        dtype: config.dtype ?? "float32",
      });
      expect(decoder.startsAnywhere).toBe(config.rotation === "separate");
    });

    it("the last logits are the last of all, in pieces or at once", async () => {
      decoder.clear();
      const all = await decoder.run([...CONTEXT, ...NEXT], "all");
      expect(all.length).toBe((CONTEXT.length + NEXT.length) * config.vocab);
      decoder.clear();
      await decoder.run(CONTEXT);
      expect(decoder.length).toBe(CONTEXT.length);
      const last = await decoder.run(NEXT);
      expect(last.length).toBe(config.vocab);
      expect(largestDifference(last, all.subarray(-config.vocab))).toBeLessThanOrEqual(tolerance);
      // As the engine runs a prompt: of all pieces but the last no logits are read back.
      decoder.clear();
      const whole = [...CONTEXT, ...NEXT];
      const size = 9;
      for (; decoder.length + size < whole.length; ) {
        const piece = whole.slice(decoder.length, decoder.length + size);
        expect(await decoder.run(piece, "none")).toHaveLength(0);
      }
      const pieces = await decoder.run(whole.slice(decoder.length));
      expect(largestDifference(pieces, all.subarray(-config.vocab))).toBeLessThanOrEqual(tolerance);
    });

    it("the same tokens at the same positions as a prefix give the same logits and greedy tokens", async () => {
      const wanted = await plain();
      const got = await behind([await rows(0, CONTEXT.length)]);
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(tolerance);
      const tokens = (logits: Float32Array) =>
        NEXT.map((_, i) => greedy(logits.subarray(i * config.vocab, (i + 1) * config.vocab)));
      expect(tokens(got)).toEqual(tokens(wanted));
    });

    it("a prefix in several slices is the prefix, and the control with un-rotated keys is not", async () => {
      const wanted = await plain();
      const parts = [await rows(0, 10), await rows(10, 11), await rows(11, CONTEXT.length)];
      expect(largestDifference(await behind(structuredClone(parts)), wanted)).toBeLessThanOrEqual(tolerance);
      const control = await behind([leftUnrotated(await rows(0, CONTEXT.length), 0, config)]);
      expect(largestDifference(control, wanted)).toBeGreaterThanOrEqual(10 * tolerance);
    });

    it("slices can be placed one after the other", async () => {
      const [one, two] = [await rows(5, 9), await rows(20, 33)];
      const wanted = await behind([one, two]);
      decoder.clear();
      await decoder.place([one]);
      await decoder.place([]);
      await decoder.place([two]);
      expect(decoder.length).toBe(17);
      expect(largestDifference(await decoder.run(NEXT, "all"), wanted)).toBeLessThanOrEqual(tolerance);
    });

    it("rows that were moved come back as they were stored", async () => {
      const stored = await rows(20, 33);
      expect(stored).toMatchObject({ shape: decoder.shape, dtype: decoder.dtype, tokens: 13 });
      const before = await rows(0, 4);
      decoder.clear();
      await decoder.place([before, stored]);
      const back = await decoder.take(4, 17);
      expect(back.values).toEqual(stored.values);
      if (decoder.dtype === "float32") expect(largestDifference(back.keys, stored.keys)).toBeLessThan(1e-4);
    });

    it("rows behind those that are kept are forgotten, whether they were run or placed", async () => {
      const wanted = await plain();
      decoder.clear();
      await decoder.run([...CONTEXT, 9, 9, 9]);
      await decoder.truncate(CONTEXT.length);
      expect(decoder.length).toBe(CONTEXT.length);
      expect(largestDifference(await decoder.run(NEXT, "all"), wanted)).toBeLessThanOrEqual(tolerance);

      const slice = await rows(0, CONTEXT.length);
      decoder.clear();
      await decoder.place([slice, slice]);
      await decoder.truncate(CONTEXT.length);
      expect(largestDifference(await decoder.run(NEXT, "all"), wanted)).toBeLessThanOrEqual(tolerance);
      await decoder.truncate(0);
      await decoder.run(CONTEXT);
      expect(largestDifference(await decoder.run(NEXT, "all"), wanted)).toBeLessThanOrEqual(tolerance);
      await expect(decoder.truncate(decoder.length + 1)).rejects.toThrow(/first 49 rows .* 48 are there/);
    });

    it("nothing of an earlier sequence is left after clear", async () => {
      const wanted = await plain();
      decoder.clear();
      await decoder.run([...CONTEXT].reverse());
      expect(largestDifference(await plain(), wanted)).toBe(0);
    });

    if (config.rotation === "separate") {
      it("the whole may stand at any position", async () => {
        const stored = await rows(0, CONTEXT.length);
        const moved = await behind([stored], 57);
        expect(largestDifference(moved, await plain())).toBeLessThanOrEqual(tolerance);
        const control = await behind([leftUnrotated(stored, 57, config)], 57);
        expect(largestDifference(control, moved)).toBeGreaterThanOrEqual(10 * tolerance);
        decoder.clear();
      });
    } else {
      it("refuses another first position", () => {
        expect(() => decoder.clear(57)).toThrow(/position 57.*no position_ids/);
      });
    }

    it("fills its capacity to the last row, and refuses one more", async () => {
      decoder.clear();
      await decoder.run(new Array<number>(CAPACITY - 1).fill(3));
      await decoder.run([4]);
      const full = expect.objectContaining({
        name: "ContextFullError",
        message: expect.stringContaining("96 fit"),
      });
      await expect(decoder.run([4])).rejects.toEqual(full);
      decoder.clear();
      await decoder.run(new Array<number>(CAPACITY - 3).fill(3));
      const slice = await decoder.take(0, 4);
      await expect(decoder.place([slice])).rejects.toEqual(full);
      expect(decoder.length).toBe(CAPACITY - 3);
    });

    it("refuses what does not fit its shape", async () => {
      const slice = await rows(0, 4);
      const shape = { ...slice.shape, kvHeads: 1 };
      const dtype = decoder.dtype === "float32" ? ("float16" as const) : ("float32" as const);
      await expect(decoder.place([{ ...slice, shape }])).rejects.toThrow(/1 KV heads.*2 KV heads/);
      await expect(decoder.place([{ ...slice, dtype }])).rejects.toThrow(/keeps float/);
      await expect(decoder.place([{ ...slice, tokens: 5 }])).rejects.toThrow(/5 tokens/);
      await expect(decoder.run([])).rejects.toThrow(/No tokens/);
      await expect(decoder.run([config.vocab])).rejects.toThrow(/Token id 96.*96 tokens/);
      await expect(decoder.take(0, CONTEXT.length + 1)).rejects.toThrow(/\[0, 42\).*41/);
    });
  });
}
