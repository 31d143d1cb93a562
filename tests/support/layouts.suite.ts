/** Modes and layouts on the embedded model through the whole engine, on every backend alike: by rows and by logits. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { instructionFor } from "../../src/compose/instruction.ts";
import type { Desk } from "../../src/compose/modes/mode.ts";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import { place } from "../../src/compose/placements/placement.ts";
import { PROMPT_PLACEMENTS } from "../../src/compose/placements/prompt-placements.ts";
import { userMessage } from "../../src/compose/user-message.ts";
import { createChatTemplate } from "../../src/engine/chat-template.ts";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend, GenerateRequest, Sampling } from "../../src/engine/engine.ts";
import { LagEngine } from "../../src/engine/lag-engine.ts";
import { openModelFolder } from "../../src/engine/model-folder.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import { createTokenizer } from "../../src/engine/tokenizer.ts";
import { traceTokens } from "../../src/record/trace-tokens.ts";
import { taggedActions } from "../../src/terms/action-tags.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import type { RowsMode } from "../../src/terms/log.ts";
import masked from "../fixtures/masked-prefix.json" with { type: "json" };
import { largestDifference } from "./compare.ts";
import type { ModelPlace } from "./embedded.suite.ts";

const TOLERANCE = 1e-3;

export function layoutsSuite(backend: Backend, { url, fetch }: ModelPlace): void {
  describe(`modes and layouts on the embedded model on ${backend}`, () => {
    let decoder: Decoder;
    let engine: LagEngine;
    let run: MockInstance<Decoder["run"]>;
    /** What all prompts begin with, what follows it in this one, and both. */
    let sink: readonly number[];
    const rest = masked.main_ids.slice(-60);
    let prompt: readonly number[];

    beforeAll(async () => {
      const folder = await openModelFolder(url, fetch ? { fetch } : {});
      const tokenizer = createTokenizer(folder.tokenizer, folder.tokenizerConfig);
      const tokens = { bos_token: "<|begin_of_text|>" };
      const template = createChatTemplate(folder.chatTemplate, tokens, tokenizer);
      const weights = await folder.fetchWeights(folder.config.weights.float32);
      const gpuWays = [{ subgroups: false, rows: "fixed" } as const];
      ({ decoder } = await openDecoder({ ...folder, ...weights }, { backend, capacity: 1024, gpuWays }));
      const { shape, dtype, capacity: contextLength } = decoder;
      const model = {
        name: "embedded",
        fingerprint: "",
        contextLength,
        maxNewTokens: undefined,
        shape,
        dtype,
        weightBytes: 0,
      };
      const endIds = folder.config.endIds;
      engine = new LagEngine({ decoder, tokenizer, template, model, endIds, notices: [] });
      run = vi.spyOn(decoder, "run");
      sink = PROMPT_PLACEMENTS["sink-first"].sinkOf(engine);
      prompt = [...sink, ...rest];
    });
    beforeEach(() => {
      run.mockClear();
    });
    afterAll(() => engine?.dispose());

    /** Logits from which the first token of the response is chosen. */
    async function logitsOf(
      request: Pick<GenerateRequest, "sink" | "prefix" | "ids">,
    ): Promise<Float32Array> {
      await engine.generate({ ...request, maxNewTokens: 1 });
      return run.mock.results.at(-1)!.value as Promise<Float32Array>;
    }

    const traceOf = (responses: readonly string[]) => traceTokens(responses, engine);
    const spanOf = (responses: readonly string[], mode: RowsMode) =>
      PROMPT_MODES[mode].encoding!.span(traceOf(responses));
    function sliceOf(responses: readonly string[], mode: RowsMode, behind: readonly number[] = []) {
      const { ids, from, to } = spanOf(responses, mode);
      return engine.encode(ids, from, to, { sink: behind });
    }

    const [several, single] = masked.logs;
    const LONG = several!.responses.slice(-2);
    const SHORT = single!.responses.slice(-1);
    const everything = () => spanOf(LONG, "kv-all").ids;

    it("there is a sink, and a log of several responses", () => {
      expect(sink.length).toBeGreaterThan(1);
      expect(masked.main_ids.slice(0, sink.length)).toEqual(sink);
      expect(LONG).toHaveLength(2);
    });

    it("sink-first: a log behind the sink is the plain prompt that has its tokens there", async () => {
      const slice = await sliceOf(LONG, "kv-all", sink);
      const got = await logitsOf({ sink, prefix: [slice], ids: rest });
      const wanted = await logitsOf({ prefix: [], ids: [...sink, ...everything(), ...rest] });
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(TOLERANCE);

      const bare = await sliceOf(LONG, "kv-all");
      const control = await logitsOf({ sink, prefix: [{ ...bare, sink: slice.sink! }], ids: rest });
      expect(largestDifference(control, wanted)).toBeGreaterThanOrEqual(10 * TOLERANCE);
      const inFront = await logitsOf({ prefix: [bare], ids: prompt });
      expect(largestDifference(inFront, wanted)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });

    it("sink-first: text stands where the rows would, and is the same prompt", async () => {
      const log = { id: "", question: "", similarity: 1, trace: traceOf(LONG), tokens: 0 };
      const { pieces } = await PROMPT_MODES["text-all"].prepare([log], {} as Desk);
      const sequence = place(pieces, prompt, sink);
      expect([...sequence.sink, ...sequence.ids]).toEqual([...sink, ...everything(), ...rest]);
      const wanted = await logitsOf({ prefix: [], ids: [...sink, ...everything(), ...rest] });
      expect(largestDifference(await logitsOf(sequence), wanted)).toBeLessThanOrEqual(TOLERANCE);
    });

    it("sink-first: two logs stand end to end behind the sink, each as if it were alone there", async () => {
      const slices = [await sliceOf(LONG, "kv", sink), await sliceOf(SHORT, "kv", sink)];
      await logitsOf({ sink, prefix: slices, ids: rest });
      const [first, second] = slices as [KvSlice, KvSlice];
      const from = sink.length + first.tokens;
      const back = await decoder.take(from, from + second.tokens);
      expect(largestDifference(back.keys, second.keys)).toBeLessThanOrEqual(1e-4);
      expect(Array.from(back.values)).toEqual(Array.from(second.values));
      expect(decoder.length).toBe(prompt.length + first.tokens + second.tokens);
    });

    it("sink-first: a slice of the placement front, or of another sink, is refused behind it by name", async () => {
      const behind = await sliceOf(LONG, "kv", sink);
      const other = await sliceOf(LONG, "kv", [...sink, 20]);
      const bare = await sliceOf(LONG, "kv");
      for (const wrong of [
        { sink, prefix: [bare], ids: rest },
        { sink, prefix: [behind, other], ids: rest },
        { prefix: [behind], ids: prompt },
      ]) {
        await expect(logitsOf(wrong)).rejects.toMatchObject({ name: "LayoutMismatchError" });
      }
      expect(behind).toMatchObject({ tokens: bare.tokens });
      expect(largestDifference(behind.values, bare.values)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });

    it("kv-last-action: its rows are those of the action's tokens in a pass over all that was said", async () => {
      for (const responses of [LONG, SHORT]) {
        const { ids, from, to } = spanOf(responses, "kv-last-action");
        const slice = await sliceOf(responses, "kv-last-action");
        const last = responses.at(-1)!;
        const action = taggedActions(last).at(-1)!;
        const tagged = last.slice(action.from, action.to);
        expect(engine.decode(ids.slice(from, to)).trim()).toBe(tagged);
        expect(engine.decode(ids)).toContain(`\n${tagged}\n\n`);

        decoder.clear();
        await decoder.run(ids);
        const whole = await decoder.take(0, ids.length);
        expect(slice.tokens).toBe(to - from);
        for (const what of ["keys", "values"] as const) {
          expect(largestDifference(slice[what], rowsOf(whole, from, to)[what])).toBeLessThanOrEqual(1e-4);
        }
      }
    });

    it("kv-last-action: in front it is neither the whole last response nor the action alone", async () => {
      const logitsBehind = async (slice: KvSlice) => logitsOf({ prefix: [slice], ids: prompt });
      const { ids, from, to } = spanOf(LONG, "kv-last-action");
      const got = await logitsBehind(await sliceOf(LONG, "kv-last-action"));
      const whole = await logitsBehind(await sliceOf(LONG, "kv"));
      const alone = await logitsBehind(await engine.encode(ids.slice(from, to), 0, to - from));
      for (const other of [whole, alone]) {
        expect(largestDifference(got, other)).toBeGreaterThanOrEqual(10 * TOLERANCE);
      }
    });

    const blankLine = () => engine.tokenize("\n\n");
    const closed = (response: string) => engine.tokenize(`${response}\n\n`);
    const OTHERWISE = "whose tokens are not those of its text";
    const SAID: [string, { maxNewTokens: number; sampling?: Sampling; stop?: string[] }][] = [
      ["that ended by itself", { maxNewTokens: 80 }],
      ["that was cut by its limit", { maxNewTokens: 7 }],
      ["that ended at a stop string", { maxNewTokens: 80, stop: [" of"] }],
      [OTHERWISE, { maxNewTokens: 24, sampling: { temperature: 50, seed: 3 } }],
    ];

    it.each(SAID)(
      "live: where only responses stand before it, a response %s leaves the rows of re-encode",
      async (which, how) => {
        // What `kv` encodes, up to the last response.
        const context = [...blankLine(), ...LONG.slice(0, -1).flatMap(closed)];
        const said = await engine.generate({
          prefix: [],
          ids: context,
          ...how,
          capture: ({ text }) => closed(text),
        });
        const { text, captured } = said;
        if (which === OTHERWISE) expect(engine.tokenize(text)).not.toEqual(said.ids);
        const wanted = await sliceOf([...LONG.slice(0, -1), text], "kv");
        expect(captured!.tokens).toBe(wanted.tokens);
        expect(largestDifference(captured!.keys, wanted.keys)).toBeLessThanOrEqual(TOLERANCE);
        expect(largestDifference(captured!.values, wanted.values)).toBeLessThanOrEqual(TOLERANCE);
        const inFront = (slice: KvSlice) => logitsOf({ prefix: [slice], ids: prompt });
        expect(largestDifference(await inFront(captured!), await inFront(wanted))).toBeLessThanOrEqual(
          TOLERANCE,
        );
      },
    );

    it("live: rows stand as they were said behind logs and prompt, taken off their positions", async () => {
      const log = await sliceOf(LONG, "kv-all");
      const said = await engine.generate({
        prefix: [log],
        ids: prompt,
        maxNewTokens: 40,
        capture: ({ text }) => closed(text),
      });
      const ids = closed(said.text);
      const before = [...everything(), ...prompt];
      const wanted = await engine.encode([...before, ...ids], before.length, before.length + ids.length);
      expect(largestDifference(said.captured!.keys, wanted.keys)).toBeLessThanOrEqual(TOLERANCE);
      expect(largestDifference(said.captured!.values, wanted.values)).toBeLessThanOrEqual(TOLERANCE);
      const encoded = await sliceOf([said.text], "kv");
      expect(largestDifference(said.captured!.values, encoded.values)).toBeGreaterThanOrEqual(10 * TOLERANCE);
    });

    it("live: no token that was run is run again, but for the last where the blank line changes it", async () => {
      const content = userMessage({
        instruction: instructionFor({ instruction: "short" }, "knowledge"),
        groups: [[{ title: "The Salt Orchard", text: "The Salt Orchard was directed by Ilvana Krest." }]],
        question: "Who directed The Salt Orchard?",
      });
      const asked = engine.composeChat([{ role: "user", content }]);
      const said = await engine.generate({
        prefix: [],
        ids: asked,
        maxNewTokens: 80,
        capture: ({ text }) => closed(text),
      });
      expect(said.finish).toBe("end-of-turn");
      const tokens = run.mock.calls.reduce((sum, [ids]) => sum + ids.length, 0);
      const ids = closed(said.text);
      const kept = ids.findIndex((id, at) => id !== said.ids[at]);
      expect(kept).toBeGreaterThanOrEqual(said.ids.length - 1);
      expect(tokens).toBe(asked.length + said.ids.length + ids.length - kept);
    });
  });
}

/** Rows [from, to) of a slice. */
function rowsOf({ shape, tokens, keys, values, ...rest }: KvSlice, from: number, to: number): KvSlice {
  const { layers, kvHeads, headDim } = shape;
  const part = (all: Float32Array | Uint16Array) =>
    Float32Array.from(
      Array.from({ length: layers * kvHeads }, (_, head) => {
        const start = head * tokens * headDim;
        return Array.from(all.subarray(start + from * headDim, start + to * headDim));
      }).flat(),
    );
  return { ...rest, shape, tokens: to - from, keys: part(keys), values: part(values) };
}
