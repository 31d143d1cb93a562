/** The embedded model on every backend alike: stored logits, and the invariants of logs in front of a prompt. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Desk } from "../../src/compose/modes/mode.ts";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import type { Fetch } from "../../src/engine/fetch-file.ts";
import { type ModelFolder, openModelFolder } from "../../src/engine/model-folder.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import { greedy } from "../../src/engine/sample.ts";
import { createTokenizer, type Tokenizer } from "../../src/engine/tokenizer.ts";
import { traceTokens } from "../../src/record/trace-tokens.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import type { Mode } from "../../src/terms/log.ts";
import composed from "../fixtures/composed.json" with { type: "json" };
import masked from "../fixtures/masked-prefix.json" with { type: "json" };
import { largestDifference } from "./compare.ts";
import { storedAndReloaded } from "./reloaded.ts";
import { textTokenizer } from "./text-tokenizer.ts";
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
    let tokenizer: Tokenizer;

    beforeAll(async () => {
      folder = await openModelFolder(url, fetch ? { fetch } : {});
      tokenizer = createTokenizer(folder.tokenizer, folder.tokenizerConfig);
      const weights = await folder.fetchWeights(folder.config.weights.float32);
      ({ decoder } = await openDecoder(
        { ...folder, ...weights },
        {
          backend,
          capacity: 1024,
          gpuWays: [{ subgroups: false, rows: "fixed" }],
        },
      ));
    });
    afterAll(() => decoder?.dispose());

    /** What a log leaves for a mode: its encoding is run, and the rows that it names are kept. */
    async function sliceOf({ responses }: { responses: string[] }, mode: Mode): Promise<KvSlice> {
      const { ids, from, to } = PROMPT_MODES[mode].encoding!.span(
        traceTokens(responses, textTokenizer(tokenizer)),
      );
      decoder.clear();
      await decoder.run(ids);
      return decoder.take(from, to);
    }

    async function slicesOf(logs: typeof masked.logs, mode: Mode): Promise<KvSlice[]> {
      const slices: KvSlice[] = [];
      for (const log of logs) slices.push(await sliceOf(log, mode));
      return slices;
    }

    /** Logits of the main sequence's last tokens behind the rows of these logs. */
    async function behindLogs(logs: typeof masked.logs, mode: Mode): Promise<Float32Array> {
      return behindSlices(await slicesOf(logs, mode));
    }

    async function behindSlices(slices: readonly KvSlice[]): Promise<Float32Array> {
      const logits = await behind(slices, masked.main_ids);
      return logits.subarray(-masked.last * decoder.vocabSize);
    }

    /** The same behind plain tokens. */
    async function behindTokens(ids: readonly number[]): Promise<Float32Array> {
      decoder.clear();
      const logits = await decoder.run([...ids, ...masked.main_ids], "all");
      return logits.subarray(-masked.last * decoder.vocabSize);
    }

    /** What a text mode puts in front for these logs. */
    async function textInFront(logs: typeof masked.logs, mode: Mode): Promise<readonly number[]> {
      const loaded = logs.map(({ responses }) => ({
        id: "",
        question: "",
        similarity: 1,
        trace: traceTokens(responses, textTokenizer(tokenizer)),
        tokens: 0,
      }));
      const { pieces } = await PROMPT_MODES[mode].prepare(loaded, {} as Desk);
      return pieces.flatMap(({ ids }) => ids);
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
      const slices = await slicesOf(masked.logs, "kv");
      expect(slices.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(masked.prefix_tokens);
      const last = -masked.last * decoder.vocabSize;
      const wanted = Float32Array.from(masked.logits.flat());
      const reloaded = await Promise.all(slices.map(storedAndReloaded));
      const got = (await behind(reloaded, masked.main_ids)).subarray(last);
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(TOLERANCE);
      expect(choices(got, decoder.vocabSize)).toEqual(choices(wanted, decoder.vocabSize));

      let position = 0;
      const unrotated = slices.map((slice) => {
        const control = leftUnrotated(slice, position, folder.config.rotary!);
        position += slice.tokens;
        return control;
      });
      const control = await behind(unrotated, masked.main_ids);
      expect(largestDifference(control.subarray(last), wanted)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });

    it("kv-all: one log in front is the plain prompt with its ids; several are one masked pass, not that", async () => {
      const [first] = masked.logs;
      const slices = await slicesOf(masked.logs, "kv-all");
      const one = await behindSlices(slices.slice(0, 1));
      expect(largestDifference(one, await behindTokens(first!.ids_all))).toBeLessThanOrEqual(TOLERANCE);

      expect(slices.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(masked.all.prefix_tokens);
      const wanted = Float32Array.from(masked.all.logits.flat());
      const got = await behindSlices(slices);
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(TOLERANCE);
      const plain = await behindTokens(masked.logs.flatMap(({ ids_all }) => ids_all));
      expect(largestDifference(got, plain)).toBeGreaterThanOrEqual(10 * TOLERANCE);
      const two = masked.logs.slice(0, 2);
      const plainTwo = await behindTokens(two.flatMap(({ ids_all }) => ids_all));
      const gotTwo = await behindSlices(slices.slice(0, 2));
      expect(largestDifference(gotTwo, plainTwo)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });

    it("kv-isolated: a log in front is its last response alone; kv is not, where something was said before", async () => {
      // A pass on a software GPU takes half a minute: one log there, all on wasm.
      for (const log of backend === "webgpu" ? masked.logs.slice(0, 1) : masked.logs) {
        const isolated = await behindLogs([log], "kv-isolated");
        expect(largestDifference(isolated, await behindTokens(log.ids_last))).toBeLessThanOrEqual(TOLERANCE);
        if (log.responses.length === 1) continue;
        const whole = await behindLogs([log], "kv");
        expect(largestDifference(whole, isolated)).toBeGreaterThanOrEqual(10 * TOLERANCE);
      }
    });

    it("text modes put the ids in front whose rows the modes of rows keep", async () => {
      const { logs } = masked;
      expect(await textInFront(logs, "text-last")).toEqual(logs.flatMap(({ ids_last }) => ids_last));
      expect(await textInFront(logs, "text-all")).toEqual(logs.flatMap(({ ids_all }) => ids_all));
    });
  });
}

function choices(logits: Float32Array, vocab: number): number[] {
  return Array.from({ length: logits.length / vocab }, (_, i) =>
    greedy(logits.subarray(i * vocab, (i + 1) * vocab)),
  );
}
