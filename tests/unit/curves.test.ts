/** Curves over steps that are allowed and over questions in their order, on cases that can be counted by hand. */
import { describe, expect, test } from "vitest";
import { iterationsOf, orderCurveOf, windowOf } from "../../src/evaluation/curves.ts";
import type { Score } from "../../src/evaluation/report.ts";

const score = (em: 0 | 1, steps: number): Score => ({ em, f1: em, steps, solved: em === 1 });

describe("iterationsOf", () => {
  test("a right answer counts from its step on, a wrong one never", () => {
    const points = iterationsOf([score(1, 1), score(1, 3), score(0, 2), score(0, 4)], 4);
    expect(points.map(({ x, em }) => [x, em])).toEqual([
      [1, 25],
      [2, 25],
      [3, 50],
      [4, 50],
    ]);
  });

  test("each point with its interval, which has no spread where all are alike", () => {
    const [first, second] = iterationsOf([score(1, 2), score(1, 2)], 2);
    expect([first, second]).toEqual([
      { x: 1, em: 0, emInterval: [0, 0] },
      { x: 2, em: 100, emInterval: [100, 100] },
    ]);
    const [mixed] = iterationsOf([score(1, 1), score(0, 1)], 1);
    expect(mixed!.emInterval).toEqual([0, 100]);
  });

  test("the last point is the exact match of the whole", () => {
    expect(iterationsOf([score(1, 8), score(0, 8), score(1, 2)], 8).at(-1)!.em).toBe(66.67);
  });

  test("without a question there is nothing to be sure of", () => {
    expect(iterationsOf([], 1)).toEqual([{ x: 1, em: 0, emInterval: null }]);
  });
});

describe("orderCurveOf", () => {
  const scores = [score(0, 8), score(1, 4), score(1, 3), score(1, 1), score(0, 4)];

  test("over all questions so far", () => {
    expect(orderCurveOf(scores, 2).cumulative).toEqual([
      { x: 1, em: 0, steps: 8 },
      { x: 2, em: 50, steps: 6 },
      { x: 3, em: 66.67, steps: 5 },
      { x: 4, em: 75, steps: 4 },
      { x: 5, em: 60, steps: 4 },
    ]);
  });

  test("over the last ones, from where there are enough", () => {
    expect(orderCurveOf(scores, 2).moving).toEqual([
      { x: 2, em: 50, steps: 6 },
      { x: 3, em: 100, steps: 3.5 },
      { x: 4, em: 100, steps: 2 },
      { x: 5, em: 50, steps: 2.5 },
    ]);
    expect(orderCurveOf(scores, 6).moving).toEqual([]);
  });

  test("the order matters to the curve and not to its end", () => {
    const reversed = orderCurveOf(scores.toReversed(), 2);
    expect(reversed.cumulative.at(-1)).toEqual(orderCurveOf(scores, 2).cumulative.at(-1));
    expect(reversed.cumulative[1]).toEqual({ x: 2, em: 50, steps: 2.5 });
  });
});

test("a tenth of the questions, at least five, never more than there are", () => {
  expect([3, 20, 50, 72, 1000].map(windowOf)).toEqual([3, 5, 5, 7, 100]);
});
