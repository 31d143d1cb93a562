/** What a finished trace leaves in the bank. */
import { describe, expect, it } from "vitest";
import { recordTrace } from "../../src/record/record-trace.ts";
import type { Trace } from "../../src/terms/log.ts";
import { charsOf, SHAPE, scriptedEngine, textOf } from "../../src/testing/scripted-engine.ts";
import { scriptedBank } from "../support/scripted-bank.ts";

const TRACE: Trace = {
  question: "Where?",
  responses: ["One.", "Two. <ans> Velin </ans>"],
  answer: "Velin",
  outcome: "answered",
  mode: "none",
  usedLogs: ["earlier"],
  usedDocuments: ["The Lamp"],
};

function setUp(model = {}) {
  const bank = scriptedBank();
  const engine = scriptedEngine([], model);
  return {
    bank,
    engine,
    record: (trace: Trace) => recordTrace(trace, { bank, engine, origin: "https://here" }),
  };
}

describe("record-trace", () => {
  it("encodes all responses in one pass and stores the rows of the last one with the whole text", async () => {
    const { bank, engine, record } = setUp();
    const before = Date.now();
    const log = await record(TRACE);
    const last = "Two. <ans> Velin </ans>\n\n";
    expect(engine.encoded.map(({ ids }) => textOf(ids))).toEqual([`\n\nOne.\n\n${last}`]);
    expect(log).toEqual({
      ...TRACE,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      steps: 2,
      responseIds: [charsOf("One.\n\n"), charsOf(last)],
      model: "model-a",
      slices: { kv: { shape: SHAPE, dtype: "float32", tokens: last.length, bytes: last.length * 8 } },
      createdAt: expect.any(Number),
      origin: "https://here",
    });
    expect(log.createdAt).toBeGreaterThanOrEqual(before);
    expect(bank.logs.get(log.id)).toEqual(log);
    expect(textOf(bank.slices.get(log.id)!.keys)).toBe(last);
  });

  it.each(["kv-all", "kv-isolated"] as const)(
    "a task of mode %s leaves the slice that its mode reads and that of the default mode",
    async (mode) => {
      const { bank, record } = setUp();
      const last = "Two. <ans> Velin </ans>\n\n";
      const kept = mode === "kv-all" ? `\n\nOne.\n\n${last}` : last;
      const log = await record({ ...TRACE, mode });
      expect(Object.keys(log.slices)).toEqual(["kv", mode]);
      expect(log.slices[mode]).toMatchObject({ tokens: kept.length });
      expect(textOf(bank.slices.get(log.id)!.keys)).toBe(last);
      expect(textOf(bank.slices.get(`${log.id} ${mode}`)!.keys)).toBe(kept);
      expect(bank.calls).toEqual(["add Where?"]);
    },
  );

  it("a trace that other modes will read leaves theirs too, each once", async () => {
    const { bank, engine } = setUp();
    const modes = ["none", "text-all", "kv-all", "kv", "kv-all"] as const;
    const log = await recordTrace(TRACE, { bank, engine, origin: "here" }, { modes });
    expect(Object.keys(log.slices)).toEqual(["kv", "kv-all"]);
    expect(engine.encoded).toHaveLength(2);
  });

  it("two logs of one trace have ids of their own", async () => {
    const { record } = setUp();
    expect((await record(TRACE)).id).not.toBe((await record(TRACE)).id);
  });

  it("refuses a trace without a response", async () => {
    const { record, bank } = setUp();
    await expect(record({ ...TRACE, responses: [] })).rejects.toMatchObject({ name: "InputError" });
    expect(bank.calls).toEqual([]);
  });

  it("refuses a trace that is longer than the model's context by one token, with numbers and cure", async () => {
    const tokens = "\n\nOne.\n\nTwo. <ans> Velin </ans>\n\n".length;
    await expect(setUp({ contextLength: tokens }).record(TRACE)).resolves.toBeDefined();
    await expect(setUp({ contextLength: tokens - 1 }).record(TRACE)).rejects.toMatchObject({
      name: "ContextFullError",
      message: expect.stringMatching(new RegExp(`${tokens} tokens.*${tokens - 1} positions.*fewer`)),
    });
  });
});
