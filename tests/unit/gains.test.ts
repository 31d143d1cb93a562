/** Where gains come from: how each question ended before and after, and the steps that were saved there. */
import { describe, expect, test } from "vitest";
import { gainsOf } from "../../src/evaluation/gains.ts";
import type { Score } from "../../src/evaluation/report.ts";

const right = (steps: number): Score => ({ em: 1, f1: 1, steps, solved: true });
const wrong = (steps: number): Score => ({ em: 0, f1: 0.5, steps, solved: true });
const unsolved = (steps: number): Score => ({ em: 0, f1: 0, steps, solved: false });

describe("gainsOf", () => {
  const none = [right(2), right(3), wrong(4), wrong(2), unsolved(8), unsolved(8), right(2)];
  const kv = [right(1), wrong(3), right(1), wrong(5), right(2), wrong(4), unsolved(8)];

  test("every question is counted once, by its end there and here", () => {
    const { ends } = gainsOf(kv, none);
    expect(ends).toEqual({
      right: {
        right: { questions: 1, stepsSaved: 1 },
        wrong: { questions: 1, stepsSaved: 0 },
        unsolved: { questions: 1, stepsSaved: -6 },
      },
      wrong: {
        right: { questions: 1, stepsSaved: 3 },
        wrong: { questions: 1, stepsSaved: -3 },
        unsolved: { questions: 0, stepsSaved: 0 },
      },
      unsolved: {
        right: { questions: 1, stepsSaved: 6 },
        wrong: { questions: 1, stepsSaved: 4 },
        unsolved: { questions: 0, stepsSaved: 0 },
      },
    });
  });

  test("steps saved are the mean of the paired differences, with their interval", () => {
    const { stepsSaved } = gainsOf(kv, none);
    expect(stepsSaved.mean).toBe(0.71); // 5 / 7
    expect(stepsSaved.interval![0]).toBeLessThan(0.71);
    expect(stepsSaved.interval![1]).toBeGreaterThan(0.71);
    const twice = none.map((score) => ({ ...score, steps: score.steps - 1 }));
    expect(gainsOf(twice, none).stepsSaved).toEqual({ mean: 1, interval: [1, 1] });
  });

  test("the other way round, what was gained is lost", () => {
    const { ends, stepsSaved } = gainsOf(none, kv);
    expect(ends.right.wrong).toEqual({ questions: 1, stepsSaved: -3 });
    expect(ends.right.unsolved).toEqual({ questions: 1, stepsSaved: -6 });
    expect(stepsSaved.mean).toBe(-0.71);
  });

  test("no question: nothing gained, and no interval", () => {
    const { ends, stepsSaved } = gainsOf([], []);
    expect(ends.wrong.right).toEqual({ questions: 0, stepsSaved: 0 });
    expect(stepsSaved).toEqual({ mean: 0, interval: null });
  });
});
