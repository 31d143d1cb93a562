import { describe, expect, it } from "vitest";
import { compareRuns, withoutMemory } from "../../src/app/chat/comparison.ts";
import type { TaskResult } from "../../src/runtime/events.ts";

const step = (figures: object, timings: object) => ({ prefixRows: 0, ...figures, timings });
/** Of two steps without a log. */
const WITHOUT = {
  mode: "none",
  outcome: "unknown",
  answer: "unknown",
  logs: [],
  steps: [
    step(
      { promptTokens: 700, newTokens: 20 },
      { retrieve: 5, prepare: 0, prefix: 1, firstToken: 100, generate: 300 },
    ),
    step(
      { promptTokens: 900, newTokens: 30 },
      { retrieve: 5, prepare: 0, prefix: 1, firstToken: 900, generate: 950 },
    ),
  ],
  timings: { total: 2000, record: 0 },
} as unknown as TaskResult;
/** Of one step behind two logs, recorded. */
const WITH = {
  mode: "kv",
  outcome: "answered",
  answer: "Torvessa",
  logs: [{ rows: 30 }, { rows: 12 }],
  steps: [
    step(
      { promptTokens: 700, newTokens: 15, prefixRows: 42 },
      { retrieve: 20, prepare: 0, prefix: 10, firstToken: 90, generate: 200 },
    ),
  ],
  timings: { total: 1500, record: 400 },
} as unknown as TaskResult;

const figure = (name: string, withMemory: TaskResult = WITH) => {
  const found = compareRuns(withMemory, WITHOUT).find((each) => each.name === name)!;
  return [found.withMemory, found.without];
};

describe("compareRuns", () => {
  it("says what each run answered, in how many steps and how many tokens", () => {
    expect(figure("Answer")).toEqual(["Torvessa", "The documents do not say."]);
    expect(figure("Steps")).toEqual(["1", "2"]);
    expect(figure("Tokens said")).toEqual(["15", "50"]);
    expect(figure("Logs in front")).toEqual(["2 logs, 42 rows", "none"]);
  });

  it("counts to the first token what comes before it: retrieval and prefix of the first step", () => {
    expect(figure("Time to first token")).toEqual(["120 ms", "106 ms"]);
  });

  it("leaves recording out of the time to the answer: only one of the runs records", () => {
    expect(figure("Time to the answer")).toEqual(["1.1 s", "2.0 s"]);
  });

  it("counts rows as not read, and logs as text as read", () => {
    expect(figure("Tokens read")).toEqual(["700", "1,600"]);
    const asText = { ...WITH, mode: "text-last" } as TaskResult;
    expect(figure("Tokens read", asText)).toEqual(["742", "1,600"]);
    expect(figure("Logs in front", asText)).toEqual(["2 logs, 42 tokens", "none"]);
  });
});

describe("compareRuns, with a cheat sheet", () => {
  it("counts what it took to write it, and what of it stood in front", () => {
    const [only] = WITH.steps;
    const preparation = { text: "…", promptTokens: 400, newTokens: 60 };
    const timings = { ...only!.timings, prepare: 500 };
    const steps = [{ ...only!, preparation, timings }];
    const logs = WITH.logs.map((log) => ({ ...log, rows: 0 }));
    const reflected: TaskResult = { ...WITH, mode: "reflection", steps, logs };
    expect(figure("Tokens read", reflected)[0]).toBe("1,142");
    expect(figure("Tokens said", reflected)[0]).toBe("75");
    expect(figure("Time to first token", reflected)[0]).toBe("620 ms");
    expect(figure("Logs in front", reflected)[0]).toBe("2 logs, 42 tokens");
  });
});

describe("withoutMemory", () => {
  it("is the same task in mode none, without named logs, and leaves no log", () => {
    expect(withoutMemory({ question: "Q?", mode: "kv", logs: ["a"], maxSteps: 3 })).toEqual({
      question: "Q?",
      mode: "none",
      record: false,
      maxSteps: 3,
    });
  });
});
