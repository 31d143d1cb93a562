/** Report arithmetic: who is right, who counts how many steps, and the means. */
import { describe, expect, test } from "vitest";
import { scoreAttempt, summarise, summariseByType } from "../../src/evaluation/report.ts";

const PEKING = { answer: "Peking" };
const LETTERED = { answer: "B", choices: ["Peking", "Nanking", "unknown"] };

describe("scoreAttempt", () => {
  test("an answer counts its own steps", () => {
    expect(scoreAttempt({ answer: "the Peking", outcome: "answered", steps: 2 }, PEKING, 8)).toEqual({
      em: 1,
      f1: 1,
      steps: 2,
      solved: true,
    });
  });

  test("no answer counts the step limit", () => {
    expect(scoreAttempt({ answer: null, outcome: "unanswered", steps: 3 }, PEKING, 8)).toEqual({
      em: 0,
      f1: 0,
      steps: 8,
      solved: false,
    });
  });

  test("unknown is wrong, shares no words with the answer, and counts the steps that it took", () => {
    expect(
      scoreAttempt({ answer: "unknown", outcome: "unknown", steps: 3 }, { answer: "Unknown Soldier" }, 8),
    ).toEqual({
      em: 0,
      f1: 0,
      steps: 3,
      solved: false,
    });
  });
});

describe("scoreAttempt, aliases", () => {
  const question = { answer: "Super Bowl L", aliases: ["L", "the 50th Super Bowl"] };

  test.each([
    ["L.", 1, 1],
    ["50th Super Bowl", 1, 1],
    // 2 of 2 tokens against 2 of 3
    ["Super Bowl", 0, 0.8],
    ["XLIX", 0, 0],
  ])("%j fits the best of them", (answer, em, f1) => {
    const score = scoreAttempt({ answer, outcome: "answered", steps: 1 }, question, 8);
    expect(score.em).toBe(em);
    expect(score.f1).toBeCloseTo(f1, 12);
  });
});

describe("scoreAttempt, multiple choice", () => {
  test.each([
    ["B", "answered", 1],
    ["(b) Nanking.", "answered", 1],
    ["Nanking", "answered", 1],
    ["Peking", "answered", 0],
    ["Shanghai", "answered", 0],
    ["unknown", "unknown", 0],
  ] as const)("%j is scored by the letter that it means, and has no F1", (answer, outcome, em) => {
    const solved = outcome === "answered";
    expect(scoreAttempt({ answer, outcome, steps: 2 }, LETTERED, 3)).toEqual({
      em,
      f1: null,
      steps: 2,
      solved,
    });
  });

  test("no answer counts the step limit, and has no F1 either", () => {
    const none = { answer: null, outcome: "unanswered", steps: 1 } as const;
    expect(scoreAttempt(none, LETTERED, 3)).toEqual({ em: 0, f1: null, steps: 3, solved: false });
  });

  test("a choice that says unknown can be right", () => {
    const unknown = { answer: "unknown", outcome: "unknown", steps: 2 } as const;
    expect(scoreAttempt(unknown, { ...LETTERED, answer: "C" }, 3).em).toBe(1);
  });

  test("the summary of letters has no F1", () => {
    const attempt = { answer: "B", outcome: "answered", steps: 2 } as const;
    expect(summarise([scoreAttempt(attempt, LETTERED, 3)])).toMatchObject({
      em: 100,
      f1: null,
      f1Interval: null,
    });
  });
});

describe("summarise", () => {
  const scores = [
    { em: 1, f1: 1, steps: 1, solved: true },
    { em: 0, f1: 0.5, steps: 2, solved: true },
    { em: 0, f1: 0, steps: 8, solved: false },
  ] as const;

  test("percent and means over all questions", () => {
    expect(summarise(scores)).toMatchObject({ em: 33.33, f1: 50, steps: 3.67, n: 3 });
  });

  test("each mean lies in its interval, and equal scores leave no doubt", () => {
    const of = summarise(scores);
    for (const [mean, interval] of [
      [of.em, of.emInterval],
      [of.f1!, of.f1Interval],
      [of.steps, of.stepsInterval],
    ] as const) {
      expect(interval![0]).toBeLessThan(mean);
      expect(interval![1]).toBeGreaterThan(mean);
    }
    const same = summarise([scores[1], scores[1]]);
    expect([same.emInterval, same.f1Interval, same.stepsInterval]).toEqual([
      [0, 0],
      [50, 50],
      [2, 2],
    ]);
  });

  test("no question gives zeros, not NaN, and no interval", () =>
    expect(summarise([])).toEqual({
      em: 0,
      f1: 0,
      steps: 0,
      n: 0,
      emInterval: null,
      f1Interval: null,
      stepsInterval: null,
    }));

  test("by type of question", () => {
    const byType = summariseByType(scores, ["b", "a", "b"]);
    expect(Object.keys(byType)).toEqual(["a", "b"]);
    expect(byType.a).toMatchObject({ em: 0, f1: 50, steps: 2, n: 1 });
    expect(byType.b).toMatchObject({ em: 50, f1: 50, steps: 4.5, n: 2 });
  });
});
