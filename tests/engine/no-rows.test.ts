/** Models whose rows cannot be carried from one prompt to another: they run, and remember by text only. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { GraphWriter } from "../../src/engine/onnx/graph-writer.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { Task } from "../../src/runtime/events.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { MODES, type Trace, unitOf } from "../../src/terms/log.ts";
import { largestDifference } from "../support/compare.ts";
import { exported, readExported, readReference } from "../support/exports.ts";
import { folderOf, withDecoder } from "../support/open.ts";
import { openSpeaker } from "../support/tiny-speaker.ts";

const fixtures = new URL("../fixtures/exports/", import.meta.url);
const read = async (file: string) => new Uint8Array(await readFile(new URL(file, fixtures)));

describe("decoders without rows", () => {
  it("a sliding window computes PyTorch's logits beyond its end, and keeps its rows to itself", async () => {
    const mistral = exported.find(({ family }) => family === "mistral")!;
    const { ids, logits } = await readReference("mistral", read);
    await withDecoder(await readExported(mistral, read), "wasm", async (decoder) => {
      expect(decoder.noRows).toMatch(/sliding-window attention .*sliding_window 16/);
      // Twice: nothing of the first text is left.
      for (const cut of [5, 30]) {
        decoder.clear();
        const first = await decoder.run(ids.slice(0, cut), "all");
        const second = await decoder.run(ids.slice(cut), "all");
        expect(largestDifference(Float32Array.of(...first, ...second), logits)).toBeLessThanOrEqual(1e-3);
      }
      const refused = expect.objectContaining({
        name: "ModelUnsupportedError",
        message: expect.stringMatching(/sliding-window/),
      });
      await expect(decoder.take(0, 1)).rejects.toEqual(refused);
      await expect(decoder.truncate(1)).rejects.toEqual(refused);
      await decoder.place([]);
    });
  });

  it("a state of fixed size goes from run to run, and starts at zero", async () => {
    const config = {
      model_type: "mamba",
      state_size: 4,
      vocab_size: 3,
    };
    await withDecoder(folderOf(config, countingModel()), "wasm", async (decoder) => {
      expect(decoder).toMatchObject({ capacity: 4096, shape: { layers: 0 } });
      expect(decoder.noRows).toMatch(/state-space/);
      for (let text = 0; text < 2; text++) {
        decoder.clear();
        expect([...(await decoder.run([2, 1]))]).toEqual([3, 3, 3]);
        expect([...(await decoder.run([2]))]).toEqual([5, 5, 5]);
        expect(decoder.length).toBe(3);
      }
    });
  });
});

/** Its state is the sum of all ids so far, and so are its logits. */
function countingModel(): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter();
  graph.input("input_ids", "int64", ["batch", "tokens"]);
  graph.input("past_ssm.0", "float32", ["batch", 1, 3]);
  graph.output("logits", "float32", ["batch", "tokens", 3]);
  graph.output("present_ssm.0", "float32", ["batch", 1, 3]);
  graph.constant("last", "int64", [1], BigInt64Array.of(-1n));
  graph.constant("axis", "int64", [1], BigInt64Array.of(1n));
  graph.constant("zeros", "float32", [1, 1, 3], new Float32Array(3));
  const ids = graph.node("Cast", ["input_ids"], ["ids"], { to: 1 });
  graph.constant("scalar", "int64", [], BigInt64Array.of(1n));
  const sums = graph.node("CumSum", [ids, "scalar"], ["sums"]);
  const column = graph.node("Unsqueeze", [sums, "last"], ["column"]);
  const wide = graph.node("Add", [column, "zeros"], ["wide"]);
  const logits = graph.node("Add", [wide, "past_ssm.0"], ["logits"]);
  graph.constant("from", "int64", [1], BigInt64Array.of(-1n));
  graph.constant("to", "int64", [1], BigInt64Array.of(2n ** 31n));
  graph.node("Slice", [logits, "from", "to", "axis"], ["present_ssm.0"]);
  return graph.toBytes();
}

describe("the loop on a model without rows", () => {
  const TRACE: Trace = {
    question: "Where was Ada Mora born?",
    responses: ["The place of birth of Ada Mora is Velin. <ans> Velin </ans>"],
    answer: "Velin",
    outcome: "answered",
    mode: "none",
    usedLogs: [],
    usedDocuments: [],
  };
  const TASK: Task = { question: TRACE.question, maxSteps: 1, maxNewTokens: 4, documentsPerStep: 0 };
  let engine: Engine;
  beforeAll(async () => {
    engine = await openSpeaker({ config: { sliding_window: 512 } });
  });
  afterAll(() => engine.dispose());

  const setUp = () => {
    const bank = new MemoryBank(new LexicalIndex());
    return { bank, runtime: createRuntime({ engine, bank, origin: "test" }) };
  };

  it("is told when it is loaded", () => {
    expect(engine.model.noRows).toMatch(/sliding-window attention .*512/);
    expect(engine.notices.join(" ")).toMatch(
      /sliding-window.*stand in front as text, also where a mode of rows/,
    );
  });

  it.each(MODES.filter((mode) => unitOf(mode) === "token"))(
    "runs, and records without rows: %s",
    async (mode) => {
      const { bank, runtime } = setUp();
      const log = await runtime.remember(TRACE);
      expect((await bank.get(log))!.slices).toEqual({});
      const result = await runtime.answer({ ...TASK, mode });
      expect(result.notices.filter(({ code }) => code !== "left-out")).toEqual([]);
      expect((await bank.get(result.logId!))!.slices).toEqual({});
      expect(result.steps[0]!.logs.map(({ id }) => id)).toEqual(mode === "none" ? [] : [log]);
    },
  );

  it("reads by text where no mode is asked for", async () => {
    const { runtime } = setUp();
    const result = await runtime.answer(TASK);
    expect(result.mode).toBe("text-last");
  });

  it.each(MODES.filter((mode) => unitOf(mode) === "row"))(
    "serves %s with the same logs as text, and says why; traces are not encoded for it",
    async (mode) => {
      const { runtime, bank } = setUp();
      const log = await runtime.remember(TRACE);
      const result = await runtime.answer({ ...TASK, mode });
      const instead = mode === "kv-all" ? "text-all" : "text-last";
      expect(result.mode).toBe(instead);
      expect(result.steps[0]!.logs.map(({ id }) => id)).toEqual([log]);
      expect(result.steps[0]!.prefixRows).toBeGreaterThan(0);
      expect((await bank.get(result.logId!))!.mode).toBe(instead);
      const told = result.notices.filter(({ code }) => code === "text-instead");
      expect(told.map(({ text }) => text)).toEqual([
        expect.stringMatching(`mode ${instead} instead of ${mode}.*sliding-window attention`),
      ]);
      const refused = expect.objectContaining({
        name: "InputError",
        message: expect.stringMatching(
          new RegExp(
            `modes\\[0\\] is "${mode}".*sliding-window.*Choose one of none, text-last, text-all, reflection`,
          ),
        ),
      });
      await expect(runtime.remember(TRACE, [mode])).rejects.toEqual(refused);
    },
  );

  it("refuses live rows", async () => {
    const live = setUp().runtime.answer({ ...TASK, mode: "none", recording: "live" });
    await expect(live).rejects.toThrow(/recording is "live".*sliding-window/);
  });

  it("leaves rows that another model wrote as they are", async () => {
    const other = await openSpeaker();
    const { bank, runtime } = setUp();
    const id = await createRuntime({ engine: other, bank, origin: "test" }).remember(TRACE);
    await other.dispose();
    const before = await bank.get(id);
    await runtime.answer({ ...TASK, mode: "text-last", record: true });
    expect(await bank.get(id)).toEqual(before);
  });
});
