/** The loop in other layouts than the published one: where logs stand, and which rows are kept and read. */
import { describe, expect, it } from "vitest";
import type { TaskResult } from "../../src/runtime/events.ts";
import { BEGIN, charsOf, textOf } from "../../src/testing/scripted-engine.ts";
import { logOf } from "../support/scripted-bank.ts";
import { ANSWER, KEYWORDS, LOGS, QUESTION, setUp } from "../support/scripted-task.ts";

const RANKING = { [QUESTION]: ["a", "b"], "Ada Mora": [] };
const rowsOf = (request: { prefix: readonly { keys: ArrayLike<number> }[] }) =>
  request.prefix.map(({ keys }) => textOf(keys));

describe("runtime: sink-first", () => {
  it("begin-of-text stands before the rows, which were encoded behind it, and the rest behind them", async () => {
    const { runtime, engine } = setUp({ script: [ANSWER], logs: LOGS, logRanking: RANKING });
    const result = await runtime.answer({ question: QUESTION, placement: "sink-first" });
    const { sink, prefix, ids } = engine.requests[0]!;
    expect(sink).toEqual([BEGIN]);
    expect(ids).not.toContain(BEGIN);
    expect(rowsOf({ prefix })).toEqual(["Late a.\n\n", "Late b.\n\n"]);
    expect(engine.encoded.slice(0, 2).map((encoded) => [encoded.sink, textOf(encoded.ids)])).toEqual([
      [[BEGIN], "\n\nEarly a.\n\nLate a.\n\n"],
      [[BEGIN], "\n\nEarly b.\n\nLate b.\n\n"],
    ]);
    expect(result).toMatchObject({ placement: "sink-first", recording: "re-encode" });
    expect(result.steps[0]).toMatchObject({ prefixRows: 18, promptTokens: 1 + ids.length });
  });

  it("its log has its rows behind the same, and the next task reads them there without a word", async () => {
    const { runtime, engine, bank } = setUp({ script: () => ANSWER });
    const task = { question: QUESTION, placement: "sink-first" } as const;
    const { logId } = await runtime.answer(task);
    expect(Object.keys(bank.logs.get(logId!)!.slices)).toEqual(["kv/sink-first"]);
    expect((await runtime.answer(task)).notices).toEqual([]);
    expect(engine.requests[1]!.prefix[0]).toBe(bank.slices.get(`${logId} kv/sink-first`));
  });

  it("text stands behind begin-of-text too", async () => {
    const { runtime, engine } = setUp({ script: [ANSWER], logs: LOGS, logRanking: RANKING });
    await runtime.answer({ question: QUESTION, mode: "text-last", placement: "sink-first" });
    const { sink, prefix, ids } = engine.requests[0]!;
    expect([sink, prefix]).toEqual([[BEGIN], []]);
    expect(textOf(ids)).toMatch(/^Late a\.\n\nLate b\.\n\nState what/);
  });

  it("without logs the sequence is that of mode none in front", async () => {
    const sequenceOf = async (task: object) => {
      const { runtime, engine } = setUp({ script: [ANSWER], logs: LOGS, logRanking: {} });
      await runtime.answer({ question: QUESTION, ...task });
      const { sink = [], prefix, ids } = engine.requests[0]!;
      return [prefix, [...sink, ...ids]];
    };
    expect(await sequenceOf({ placement: "sink-first" })).toEqual(await sequenceOf({ mode: "none" }));
  });

  it("a trace that was solved elsewhere is remembered behind the sink when that is asked for", async () => {
    const { runtime, bank } = setUp({ script: [] });
    const trace = { ...logOf("x", [KEYWORDS, ANSWER]).log };
    const id = await runtime.remember(trace, ["kv-all"], "sink-first");
    expect(Object.keys(bank.logs.get(id)!.slices)).toEqual(["kv/sink-first", "kv-all/sink-first"]);
    await expect(runtime.remember(trace, [], "behind" as "front")).rejects.toMatchObject({
      name: "InputError",
    });
  });
});

describe("runtime: live", () => {
  const live = { question: QUESTION, recording: "live" } as const;

  it("a log keeps the rows with which its last response was said, no pass is run, and it says what they saw", async () => {
    const { runtime, engine, bank, events, onEvent } = setUp({
      script: [KEYWORDS, ANSWER],
      logs: LOGS,
      logRanking: { ...RANKING, "Ada Mora": ["c"] },
    });
    const { logId, recording } = await runtime.answer({ ...live, mode: "text-last" }, { onEvent });
    expect(recording).toBe("live");
    const log = bank.logs.get(logId!)!;
    expect(engine.encoded).toEqual([]);
    expect(Object.keys(log.slices)).toEqual(["kv/live"]);
    expect(log.slices["kv/live"]).toMatchObject({
      tokens: ANSWER.length + 2,
      saw: { question: QUESTION, documents: ["d0", "d1", "d2"], logs: ["a", "b", "c"], previous: false },
    });
    expect(textOf(bank.slices.get(`${logId} kv/live`)!.keys)).toBe(`${ANSWER}\n\n`);
    expect(log.responseIds).toEqual([charsOf(`${KEYWORDS}\n\n`), charsOf(`${ANSWER}\n\n`)]);
    expect(events.at(-1)).toEqual({ type: "record-end", logId, rows: ANSWER.length + 2 });
  });

  it("rows are asked for of the response that ends the task alone: an answer, or what the last step says", async () => {
    const wantedBy = async (script: string[], task: object) => {
      const { runtime, engine } = setUp({ script });
      await runtime.answer({ ...live, ...task });
      return engine.requests.map(({ capture }, at) => capture?.({ text: script[at]! }) ?? null);
    };
    expect(await wantedBy([KEYWORDS, ANSWER], {})).toEqual([null, charsOf(`${ANSWER}\n\n`)]);
    expect(await wantedBy([KEYWORDS, KEYWORDS], { maxSteps: 2 })).toEqual([null, charsOf(`${KEYWORDS}\n\n`)]);
    expect(await wantedBy([ANSWER], { record: false })).toEqual([null]);
    expect(await wantedBy([ANSWER], { recording: "re-encode" })).toEqual([null]);
  });

  it("in a reasoning task the rows have seen the response before", async () => {
    const { runtime, bank } = setUp({ script: [KEYWORDS, ANSWER] });
    const { logId } = await runtime.answer({ ...live, kind: "reasoning" });
    expect(bank.logs.get(logId!)!.slices["kv/live"]!.saw).toEqual({
      question: QUESTION,
      documents: [],
      logs: [],
      previous: true,
    });
  });

  it("reads what such a task left, and leaves other logs out with a notice", async () => {
    const { runtime, engine, bank } = setUp({ script: () => ANSWER, logs: LOGS.slice(0, 1) });
    const first = await runtime.answer({ ...live, mode: "none" });
    const second: TaskResult = await runtime.answer(live);
    expect(second.logs.map(({ id }) => id)).toEqual([first.logId]);
    expect(engine.requests[1]!.prefix).toEqual([bank.slices.get(`${first.logId} kv/live`)]);
    expect(second.notices.map(({ code }) => code)).toEqual(["rows-missing"]);
    expect(bank.logs.get(second.logId!)!.slices["kv/live"]!.saw!.logs).toEqual([first.logId]);
  });

  it("behind a sink live rows bear that sink, and are another slice", async () => {
    const { runtime, bank } = setUp({ script: () => ANSWER });
    const { logId } = await runtime.answer({ ...live, placement: "sink-first" });
    const log = bank.logs.get(logId!)!;
    expect(Object.keys(log.slices)).toEqual(["kv/sink-first/live"]);
    expect(log.slices["kv/sink-first/live"]!.sink).toMatch(/^[0-9a-f]{64}$/);
  });

  it("rows that did not fit cost the log, not the answer", async () => {
    const { runtime, engine } = setUp({ script: [ANSWER] });
    const { generate } = engine;
    engine.generate = async (request) => {
      const { captured: _, ...said } = await generate(request);
      return said;
    };
    const result = await runtime.answer(live);
    expect(result).toMatchObject({ answer: "Velin", logId: null });
    expect(result.notices).toEqual([
      { code: "record-failed", text: expect.stringMatching(/did not fit.*maxNewTokens/) },
    ]);
  });
});
