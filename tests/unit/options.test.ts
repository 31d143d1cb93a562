/** Defaults of a task, and what is refused. */
import { describe, expect, it } from "vitest";
import type { Task } from "../../src/runtime/events.ts";
import { readModes, readTask } from "../../src/runtime/options.ts";
import { SIMILARITY_FLOORS } from "../../src/terms/similarity-floors.ts";

const read = (task: object, maxNewTokens?: number) => readTask(task as Task, { maxNewTokens });

describe("options", () => {
  it("the defaults are the paper's values for knowledge tasks", () => {
    expect(read({ question: " Who? " })).toEqual({
      question: "Who?",
      kind: "knowledge",
      mode: "kv",
      insteadOf: null,
      layout: { placement: "front", recording: "re-encode" },
      logsPerStep: 3,
      logs: null,
      documentsPerStep: 2,
      maxSteps: 8,
      room: 1024,
      record: true,
      turns: [],
      replaces: null,
      unansweredLogs: false,
      sampling: { temperature: 0 },
    });
  });

  it("those of reasoning tasks are fewer steps and no documents", () => {
    expect(read({ question: "Who?", kind: "reasoning" })).toMatchObject({
      kind: "reasoning",
      logsPerStep: 3,
      documentsPerStep: 0,
      maxSteps: 3,
      room: 1024,
    });
    expect(read({ question: "Who?", kind: "reasoning", maxSteps: 64, documentsPerStep: 2 })).toMatchObject({
      documentsPerStep: 2,
      maxSteps: 64,
    });
  });

  it.each(SIMILARITY_FLOORS)("%s of a log is what the task says, else the model", (floor) => {
    const least = (task: object, model: object = {}) =>
      readTask({ question: "Who?", ...task }, { maxNewTokens: undefined, ...model })[floor];
    expect(least({})).toBeUndefined();
    expect(least({}, { [floor]: 0.4 })).toBe(0.4);
    expect(least({ [floor]: 0.7 }, { [floor]: 0.4 })).toBe(0.7);
    expect(least({ [floor]: 0 }, { [floor]: 0.4 })).toBe(0);
  });

  it("the room for an answer is what the task allows, or the model where that is less", () => {
    expect(read({ question: "Who?" }, 4000).room).toBe(1024);
    expect(read({ question: "Who?", maxNewTokens: 4000 }).room).toBe(4000);
    expect(read({ question: "Who?" }, 96).room).toBe(96);
    expect(read({ question: "Who?", maxNewTokens: 40 }, 96).room).toBe(40);
    expect(read({ question: "Who?", maxNewTokens: 400 }, 96).room).toBe(96);
    expect(read({ question: "Who?", maxNewTokens: 4000 }, 4000).room).toBe(4000);
  });

  it("modes that a trace is remembered for are checked one by one", () => {
    expect(readModes()).toEqual([]);
    expect(readModes(["kv-all", "none"])).toEqual(["kv-all", "none"]);
    expect(() => readModes(["kv", "fast" as "kv"])).toThrow(/modes\[1\] is "fast", expected one of none/);
    expect(() => readModes("kv" as never)).toThrow(/modes is "kv", expected a list/);
  });

  it.each([
    [{}, /question is undefined.*expected text/],
    [{ question: " \n" }, /question is " \\n"/],
    [{ question: 7 }, /question is 7/],
    [{ question: "Who?", mode: "kv-al" }, /mode is "kv-al", expected one of none, text-last, text-all, kv, /],
    [{ question: "Who?", placement: "behind" }, /placement is "behind", expected one of front, sink-first/],
    [{ question: "Who?", recording: 1 }, /recording is 1, expected one of re-encode, live/],
    [
      { question: "Who?", mode: "kv-all", recording: "live" },
      /recording is "live".*mode kv-all reads others/,
    ],
    [{ question: "Who?", logsPerStep: -1 }, /logsPerStep is -1, expected a whole number of at least 0/],
    [{ question: "Who?", minSimilarity: 1.2 }, /minSimilarity is 1.2, expected a number from 0 to 1/],
    [{ question: "Who?", minSimilarity: "0.4" }, /minSimilarity is "0.4"/],
    [
      { question: "Who?", minRelativeSimilarity: -1 },
      /minRelativeSimilarity is -1, expected a number from 0/,
    ],
    [{ question: "Who?", logs: "a" }, /logs is "a", expected a list of ids/],
    [{ question: "Who?", logs: ["a", 2] }, /logs\[1\] is 2, expected the id of a log/],
    [{ question: "Who?", logs: ["a", "a"] }, /logs\[1\] is "a" again, expected each id once/],
    [{ question: "Who?", logs: ["a"], mode: "none" }, /mode none puts none in front/],
    [{ question: "Who?", documentsPerStep: 1.5 }, /documentsPerStep is 1.5/],
    [{ question: "Who?", maxSteps: 0 }, /maxSteps is 0, expected a whole number from 1 to 64/],
    [{ question: "Who?", maxSteps: 65 }, /maxSteps is 65/],
    [{ question: "Who?", kind: "maths" }, /kind is "maths", expected one of knowledge, reasoning/],
    [{ question: "Who?", maxNewTokens: 0 }, /maxNewTokens is 0/],
    [{ question: "Who?", maxNewTokens: "9" }, /maxNewTokens is "9"/],
    [{ question: "Who?", record: "no" }, /record is "no", expected true or false/],
  ])("refuses %j", (task, message) => {
    expect(() => read(task)).toThrowError(
      expect.objectContaining({ name: "InputError", message: expect.stringMatching(message) }),
    );
  });
});
