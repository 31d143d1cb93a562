/** The loop when something fails or is stopped: answers are not lost, nothing half done is stored. */
import { describe, expect, it } from "vitest";
import { ANSWER, KEYWORDS, LOGS, QUESTION, setUp } from "../support/scripted-task.ts";

describe("runtime: when something fails", () => {
  it("logs that cannot be searched: the task goes on like mode none, with a notice", async () => {
    const { runtime, engine, bank } = setUp({ script: [KEYWORDS, ANSWER], logs: LOGS });
    bank.search = () => Promise.reject(new Error("index is broken"));
    const result = await runtime.answer({ question: QUESTION });
    expect(result.answer).toBe("Velin");
    expect(engine.requests.map(({ prefix }) => prefix)).toEqual([[], []]);
    expect(result.notices.map(({ code }) => code)).toEqual(["retrieval-failed", "retrieval-failed"]);
    expect(result.logId).not.toBeNull();
  });

  it("documents that cannot be searched: the task goes on without, with a notice", async () => {
    const { runtime, documents, events, onEvent } = setUp({ script: [ANSWER] });
    documents.search = () => Promise.reject(new Error("no corpus"));
    const result = await runtime.answer({ question: QUESTION }, { onEvent });
    expect(result).toMatchObject({ answer: "Velin", notices: [{ code: "documents-failed" }] });
    expect(events.filter(({ type }) => type === "notice")).toHaveLength(1);
  });

  it.each(["add", "encode"] as const)("an error in recording (%s) never loses the answer", async (where) => {
    const { runtime, engine, bank, events, onEvent } = setUp({ script: [ANSWER] });
    const full = () => Promise.reject(new Error("storage is full"));
    if (where === "add") bank.add = full;
    else engine.encode = full;
    const result = await runtime.answer({ question: QUESTION }, { onEvent });
    expect(result).toMatchObject({ answer: "Velin", logId: null, notices: [{ code: "record-failed" }] });
    expect(result.notices[0]!.text).toContain("storage is full");
    expect(events.some(({ type }) => type === "record-end")).toBe(false);
  });

  it("an engine that fails fails the task, and nothing is stored", async () => {
    const { runtime, bank } = setUp({ script: () => Promise.reject(new Error("device lost")) });
    await expect(runtime.answer({ question: QUESTION })).rejects.toThrow("device lost");
    expect(bank.calls).toEqual([]);
  });

  it.each([1, 2])(
    "a task that is stopped in step %i ends with AbortError and stores nothing",
    async (step) => {
      const controller = new AbortController();
      const { runtime, engine, bank } = setUp({
        script: () => {
          if (engine.requests.length === step) controller.abort();
          return KEYWORDS;
        },
      });
      const { signal } = controller;
      await expect(runtime.answer({ question: QUESTION }, { signal })).rejects.toMatchObject({
        name: "AbortError",
      });
      expect(engine.requests).toHaveLength(step);
      expect(bank.calls).toEqual([]);
    },
  );

  it("a stop while the log is being made keeps the answer and stores nothing", async () => {
    const controller = new AbortController();
    const { runtime, engine, bank } = setUp({ script: [ANSWER] });
    const { encode } = engine;
    engine.encode = (ids, from, to, signal) => {
      controller.abort();
      return encode(ids, from, to, signal);
    };
    const result = await runtime.answer({ question: QUESTION }, { signal: controller.signal });
    expect(result).toMatchObject({ answer: "Velin", logId: null });
    expect(bank.calls).toEqual([]);
  });

  it("a task that is not to be recorded leaves nothing", async () => {
    const { runtime, engine, bank } = setUp({ script: [ANSWER] });
    const { logId } = await runtime.answer({ question: QUESTION, record: false });
    expect([logId, engine.encoded, bank.calls]).toEqual([null, [], []]);
  });

  it("a malformed task is refused before anything happens", async () => {
    const { runtime, bank, events, onEvent } = setUp({ script: [] });
    await expect(runtime.answer({ question: " " }, { onEvent })).rejects.toMatchObject({
      name: "InputError",
    });
    expect([bank.searches, events]).toEqual([[], []]);
  });
});
