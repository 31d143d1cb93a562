/** Where a reader's gains over another come from: how each question ended there, how it ends here, and the steps. */
import { bootstrap, type Interval } from "./bootstrap.ts";
import { round, type Score } from "./report.ts";

/** How a question ended: `wrong` = with another answer; `unsolved` = with none, or with `unknown`. */
export const ENDS = ["right", "wrong", "unsolved"] as const;
export type End = (typeof ENDS)[number];

export interface Gains {
  /** `ends[before][after]`: `before` is how the other reader's task ended, `after` how this one's did. */
  readonly ends: Readonly<Record<End, Readonly<Record<End, Change>>>>;
  /** Mean of the other's steps less this one's, over all questions. */
  readonly stepsSaved: { readonly mean: number; readonly interval: Interval | null };
}

export interface Change {
  readonly questions: number;
  /** Of these questions together: the other's steps less this one's. */
  readonly stepsSaved: number;
}

/** Both lists are of the same questions in the same order. */
export function gainsOf(reader: readonly Score[], other: readonly Score[]): Gains {
  const saved = reader.map(({ steps }, i) => other[i]!.steps - steps);
  const change = (before: End, after: End): Change => {
    const of = saved.filter((_, i) => endOf(other[i]!) === before && endOf(reader[i]!) === after);
    return { questions: of.length, stepsSaved: sum(of) };
  };
  const from = (before: End) =>
    Object.fromEntries(ENDS.map((after) => [after, change(before, after)])) as Record<End, Change>;
  const interval = bootstrap(saved.length, (indices) => {
    let total = 0;
    for (const i of indices) total += saved[i]!;
    return total / indices.length;
  });
  return {
    ends: Object.fromEntries(ENDS.map((before) => [before, from(before)])) as Gains["ends"],
    stepsSaved: {
      mean: saved.length === 0 ? 0 : round(sum(saved) / saved.length, 2),
      interval: interval && [round(interval[0], 2), round(interval[1], 2)],
    },
  };
}

function endOf({ em, solved }: Score): End {
  if (em === 1) return "right";
  return solved ? "wrong" : "unsolved";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
