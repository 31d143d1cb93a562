/** One reader against another: differences are paired, and steps are compared where both are right. */
import { describe, expect, test } from "vitest";
import { compare, compareAll } from "../../src/evaluation/compare.ts";
import type { Score } from "../../src/evaluation/report.ts";

const score = (em: 0 | 1, steps: number): Score => ({ em, f1: em, steps, solved: em === 1 });

describe("compare", () => {
  const kv = [score(1, 1), score(1, 2), score(0, 8), score(1, 1)];
  const none = [score(1, 2), score(0, 8), score(0, 8), score(1, 3)];

  test("points, ratio of mean steps, and the same ratio where both are right", () => {
    const { em, steps, stepsBothRight } = compare(kv, none);
    expect(em.difference).toBe(25);
    expect(steps.ratio).toBe(0.571); // 12 / 21
    expect(stepsBothRight).toMatchObject({ ratio: 0.4, n: 2 }); // (1 + 1) / (2 + 3)
    expect(em.interval![0]).toBe(0);
    expect(em.interval![1]).toBeGreaterThan(25);
    expect(steps.interval![0]).toBeLessThan(0.571);
    expect(steps.interval![1]).toBeGreaterThan(0.571);
    // Of the two that both answer rightly a resample may hold either alone: 1 / 2 and 1 / 3.
    expect(stepsBothRight.interval).toEqual([0.333, 0.5]);
  });

  test("a difference that is the same for every question has no spread, however the questions differ", () => {
    const other = Array.from({ length: 40 }, (_, i) => score(i % 2 === 0 ? 1 : 0, 2 + (i % 5)));
    const twice = other.map(({ em, steps }) => score(em, 2 * steps));
    const { em, steps, stepsBothRight } = compare(twice, other);
    expect(em).toEqual({ difference: 0, interval: [0, 0] });
    expect(steps).toEqual({ ratio: 2, interval: [2, 2] });
    expect(stepsBothRight).toEqual({ ratio: 2, interval: [2, 2], n: 20 });
  });

  test("where nothing is right on both sides there is no ratio, and without a question nothing at all", () => {
    const wrong = compare([score(1, 1), score(0, 3)], [score(0, 2), score(1, 2)]);
    expect(wrong.stepsBothRight).toEqual({ ratio: null, interval: null, n: 0 });
    expect(wrong.steps.ratio).toBe(1);
    expect(compare([], [])).toEqual({
      em: { difference: 0, interval: null },
      steps: { ratio: null, interval: null },
      stepsBothRight: { ratio: null, interval: null, n: 0 },
    });
  });

  test("each reader against the same one", () => {
    const all = compareAll({ kv, same: none }, none);
    expect(all.kv).toEqual(compare(kv, none));
    expect(all.same!.em.difference).toBe(0);
  });
});
