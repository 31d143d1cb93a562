/** Figures over something that grows: steps allowed, questions asked. */
import { bootstrap } from "./bootstrap.ts";
import type { IterationPoint, OrderCurve, OrderPoint } from "./evaluation-report.ts";
import { round, type Score } from "./report.ts";

/** Exact match if every task were stopped after step `x`, for each step up to the limit. */
export function iterationsOf(scores: readonly Score[], maxSteps: number): readonly IterationPoint[] {
  return Array.from({ length: maxSteps }, (_, i) => {
    const x = i + 1;
    const right = scores.map(({ em, steps }) => (em === 1 && steps <= x ? 100 : 0));
    const mean = (indices: Iterable<number>, n: number) => {
      let sum = 0;
      for (const index of indices) sum += right[index]!;
      return n === 0 ? 0 : sum / n;
    };
    const interval = bootstrap(right.length, (indices) => mean(indices, indices.length));
    return {
      x,
      em: round(mean(right.keys(), right.length), 2),
      emInterval: interval && [round(interval[0], 2), round(interval[1], 2)],
    };
  });
}

export function orderCurveOf(scores: readonly Score[], window: number): OrderCurve {
  const point = (from: number, to: number): OrderPoint => {
    const of = scores.slice(from, to);
    const mean = (pick: (score: Score) => number) =>
      of.reduce((sum, score) => sum + pick(score), 0) / of.length;
    return {
      x: to,
      em: round(
        mean(({ em }) => 100 * em),
        2,
      ),
      steps: round(
        mean(({ steps }) => steps),
        3,
      ),
    };
  };
  const ends = scores.map((_, i) => i + 1);
  return {
    cumulative: ends.map((to) => point(0, to)),
    moving: ends.filter((to) => to >= window).map((to) => point(to - window, to)),
  };
}

/** Questions that a moving figure looks back on: a tenth of them, at least five. */
export function windowOf(questions: number): number {
  return Math.min(questions, Math.max(5, Math.round(questions / 10)));
}
