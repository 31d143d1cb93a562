/** The loop in every mode and layout on the real engine: real ids and rows through runtime, record and bank. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import type { Span } from "../../src/compose/modes/mode.ts";
import { PROMPT_PLACEMENTS } from "../../src/compose/placements/prompt-placements.ts";
import type { Engine, GenerateRequest } from "../../src/engine/engine.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { Task } from "../../src/runtime/events.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { PLACEMENTS } from "../../src/terms/layout.ts";
import { allows, MODES, type Mode, type Trace } from "../../src/terms/log.ts";
import { largestDifference } from "../support/compare.ts";
import { openSpeaker } from "../support/tiny-speaker.ts";

const QUESTION = "Where was the director of The Lamp born?";
const trace = (question: string, ...responses: string[]): Trace => ({
  question,
  responses,
  answer: "Velin",
  outcome: "answered",
  mode: "none",
  usedLogs: [],
  usedDocuments: [],
});
const TRACES = [
  trace(
    QUESTION,
    "The director of The Lamp is Ada Mora. <keywords> Ada Mora </keywords>",
    "The place of birth of Ada Mora is Velin. <ans> Velin </ans>",
  ),
  trace("Where was Ada Mora born?", "The place of birth of Ada Mora is Velin. <ans> Velin </ans>"),
];

describe("the loop in every mode", () => {
  let engine: Engine;
  let requests: GenerateRequest[];
  let passes: number;
  beforeAll(async () => {
    engine = await openSpeaker();
  });
  afterAll(() => engine.dispose());

  function setUp() {
    requests = [];
    passes = 0;
    const watching: Engine = Object.create(engine, {
      generate: {
        value: (request: GenerateRequest) => {
          requests.push(request);
          return engine.generate(request);
        },
      },
      encode: {
        value: (...given: Parameters<Engine["encode"]>) => {
          passes++;
          return engine.encode(...given);
        },
      },
    });
    const bank = new MemoryBank(new LexicalIndex());
    return { bank, runtime: createRuntime({ engine: watching, bank, origin: "test" }) };
  }

  /** What a mode of rows runs for a trace, and which rows of it stand in front; undefined: the mode has none. */
  function rowsByHand({ responses }: Trace, mode: Mode): Span | undefined {
    const ids = (...texts: string[]) => texts.flatMap((text) => engine.tokenize(text));
    const earlier = ids("\n\n", ...responses.slice(0, -1).map((response) => `${response}\n\n`));
    const last = ids(`${responses.at(-1)}\n\n`);
    const all = [...earlier, ...last];
    const before = ids("The place of birth of Ada Mora is Velin. \n");
    // The bracket that ends it and the blank line behind it are one token.
    const action = ids("<ans> Velin </ans>\n\n");
    const [start, end] = [earlier.length + before.length, earlier.length + before.length + action.length];
    const spans: Partial<Record<Mode, Span>> = {
      kv: { ids: all, from: earlier.length, to: all.length },
      "kv-all": { ids: all, from: 0, to: all.length },
      "kv-isolated": { ids: last, from: 0, to: last.length },
      "kv-last-action": { ids: [...earlier, ...before, ...action], from: start, to: end },
    };
    return spans[mode];
  }

  /** The tokens of a trace that a mode puts in front. */
  function textByHand({ responses }: Trace, mode: Mode): number[] {
    const said = responses.map((response) => `${response}\n\n`);
    const texts: Partial<Record<Mode, string[]>> = {
      "text-last": said.slice(-1),
      "text-all": ["\n\n", ...said],
    };
    return (texts[mode] ?? []).flatMap((text) => engine.tokenize(text));
  }

  function expectSameRows(got: readonly KvSlice[], wanted: readonly KvSlice[]): void {
    expect(got.map(({ tokens, sink }) => [tokens, sink])).toEqual(
      wanted.map(({ tokens, sink }) => [tokens, sink]),
    );
    for (const [i, { keys, values }] of wanted.entries()) {
      expect(largestDifference(got[i]!.keys, keys)).toBeLessThanOrEqual(1e-5);
      expect(largestDifference(got[i]!.values, values)).toBeLessThanOrEqual(1e-5);
    }
  }

  const combinations = MODES.flatMap((mode) => PLACEMENTS.map((placement) => ({ mode, placement })));

  it.each(combinations)("$mode, $placement: a task runs behind logs and leaves one", async (how) => {
    const { runtime, bank } = setUp();
    for (const each of TRACES) await runtime.remember(each, [how.mode], how.placement);
    const result = await runtime.answer({ question: QUESTION, maxSteps: 2, ...how });
    expect(result).toMatchObject({ ...how, recording: "re-encode", notices: [] });
    const [step] = result.steps;
    const inFront = how.mode === "none" ? 0 : 2;
    expect(step!.logs).toHaveLength(inFront);
    if (how.mode !== "none") expect(step!.prefixRows).toBeGreaterThan(0);
    const sink = PROMPT_PLACEMENTS[how.placement].sinkOf(engine);
    expect(requests.at(-1)!.sink).toEqual(sink);
    expect(sink.length > 0).toBe(how.placement === "sink-first");
    const log = (await bank.get(result.logId!))!;
    expect(log.steps).toBe(2);
    expect(Object.keys(log.slices).every((name) => name.endsWith("/sink-first") === sink.length > 0)).toBe(
      true,
    );
  });

  it.each(combinations.filter(({ mode }) => mode !== "reflection"))(
    "$mode, $placement: in front stands what is made of the logs by hand, and the prompt is that of mode none",
    async (how) => {
      const { runtime } = setUp();
      const task = { question: QUESTION, maxSteps: 1, record: false, ...how };
      await runtime.answer({ ...task, mode: "none" });
      const [plain] = requests;
      for (const each of TRACES) await runtime.remember(each, [how.mode], how.placement);
      const { steps } = await runtime.answer(task);
      const { sink, prefix, ids } = requests.at(-1)!;
      expect(sink).toEqual(plain!.sink);
      const inFront = steps[0]!.logs.map(
        ({ question }) => TRACES.find((each) => each.question === question)!,
      );
      expect(ids).toEqual([...inFront.flatMap((each) => textByHand(each, how.mode)), ...plain!.ids]);
      const spans = inFront.flatMap((each) => rowsByHand(each, how.mode) ?? []);
      const wanted: KvSlice[] = [];
      for (const { ids, from, to } of spans) wanted.push(await engine.encode(ids, from, to, { sink: sink! }));
      expectSameRows(prefix, wanted);
    },
  );

  it("reflection: one generation more a step, within its limits, whose text stands in front", async () => {
    const { runtime } = setUp();
    for (const each of TRACES) await runtime.remember(each);
    const { steps } = await runtime.answer({ question: QUESTION, mode: "reflection", maxSteps: 2 });
    expect(requests).toHaveLength(4);
    for (const [i, step] of steps.entries()) {
      const { text, promptTokens, newTokens } = step.preparation!;
      expect(promptTokens).toBe(requests[2 * i]!.ids.length);
      expect(newTokens).toBeGreaterThan(0);
      expect(newTokens).toBeLessThanOrEqual(12);
      const sheet = engine.tokenize(`${text.trim()}\n\n`);
      expect(requests[2 * i + 1]!.ids.slice(0, sheet.length)).toEqual(sheet);
      expect(step.prefixRows).toBe(sheet.length);
      expect(step.timings.prepare).toBeGreaterThan(0);
    }
  });

  it("a stop while the model reflects ends the task, and stores nothing", async () => {
    const { runtime, bank } = setUp();
    await runtime.remember(TRACES[0]!);
    const controller = new AbortController();
    const onEvent = (event: { type: string }) => {
      if (event.type === "preparation-delta") controller.abort();
    };
    const options = { onEvent, signal: controller.signal };
    const stopped = runtime.answer({ question: QUESTION, mode: "reflection" }, options);
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(requests).toHaveLength(1);
    expect(await bank.list()).toHaveLength(1);
  });

  it.each(MODES.filter((mode) => allows(mode, "live")))(
    "%s, live: a task leaves its rows without a pass, and the next one reads them",
    async (mode) => {
      const { runtime, bank } = setUp();
      const task: Task = { question: QUESTION, mode, recording: "live", maxSteps: 2, unansweredLogs: true };
      const first = await runtime.answer(task);
      expect(first.notices).toEqual([]);
      expect(passes).toBe(0);
      const log = (await bank.get(first.logId!))!;
      const slice = (await bank.slice(log.id, "kv/live"))!;
      expect(slice.tokens).toBe(log.responseIds.at(-1)!.length);
      expect(log.slices["kv/live"]!.saw).toMatchObject({ question: QUESTION, logs: [], documents: [] });

      requests = [];
      const second = await runtime.answer({ ...task, record: false });
      expect(second.logs.map(({ id }) => id)).toEqual(mode === "none" ? [] : [log.id]);
      if (mode === "kv") expect(requests[0]!.prefix).toEqual([slice]);
      expect(passes).toBe(0);
    },
  );
});
