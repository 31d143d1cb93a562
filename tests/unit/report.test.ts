/** Report arithmetic: who is right, who counts how many steps, and the means. */
import { describe, expect, test } from "vitest";
import { scoreAttempt, summarise, tableOf } from "../../src/evaluation/report.ts";

describe("scoreAttempt", () => {
  test("an answer counts its own steps", () => {
    expect(scoreAttempt({ answer: "the Peking", outcome: "answered", steps: 2 }, "Peking", 8)).toEqual({
      em: 1,
      f1: 1,
      steps: 2,
    });
  });

  test("no answer counts the step limit", () => {
    expect(scoreAttempt({ answer: null, outcome: "unanswered", steps: 3 }, "Peking", 8)).toEqual({
      em: 0,
      f1: 0,
      steps: 8,
    });
  });

  test("unknown is wrong, shares no words with the answer, and counts the steps that it took", () => {
    expect(scoreAttempt({ answer: "unknown", outcome: "unknown", steps: 3 }, "Unknown Soldier", 8)).toEqual({
      em: 0,
      f1: 0,
      steps: 3,
    });
  });
});

describe("summarise", () => {
  test("percent and means over all questions", () => {
    const scores = [
      { em: 1, f1: 1, steps: 1 },
      { em: 0, f1: 0.5, steps: 2 },
      { em: 0, f1: 0, steps: 8 },
    ] as const;
    expect(summarise(scores)).toEqual({ em: 33.33, f1: 50, steps: 3.67, n: 3 });
  });

  test("no question gives zeros, not NaN", () =>
    expect(summarise([])).toEqual({ em: 0, f1: 0, steps: 0, n: 0 }));
});

test("tableOf has one line a mode", () => {
  const lines = tableOf([["kv", { em: 33.33, f1: 50, steps: 3.67, n: 3 }]]).split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/^kv +33\.3 +50\.0 +3\.67 +3$/);
});
