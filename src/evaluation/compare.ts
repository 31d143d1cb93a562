/** One reader against another on the same questions: what changed, question by question, with intervals. */
import { bootstrap, type Interval } from "./bootstrap.ts";
import { round, type Score } from "./report.ts";

export interface Comparison {
  /** Points of exact match that the reader is above the other. */
  readonly em: { readonly difference: number; readonly interval: Interval | null };
  /** Mean steps of the reader over those of the other. */
  readonly steps: Ratio;
  /** The same over the questions that both answer rightly. */
  readonly stepsBothRight: Ratio & { readonly n: number };
}

export interface Ratio {
  /** Null when there is no question to compare. */
  readonly ratio: number | null;
  readonly interval: Interval | null;
}

/** Both lists are of the same questions in the same order. */
export function compare(reader: readonly Score[], other: readonly Score[]): Comparison {
  const both = reader.map(({ em }, i) => em === 1 && other[i]!.em === 1);
  const everywhere = reader.map(() => true);
  const all = Uint32Array.from(reader.keys());
  const emPoints = (indices: Uint32Array) => {
    let points = 0;
    for (const i of indices) points += reader[i]!.em - other[i]!.em;
    return (100 * points) / indices.length;
  };
  const stepsRatio = (counted: readonly boolean[]): Ratio => {
    const statistic = (indices: Uint32Array) => {
      let [steps, others] = [0, 0];
      for (const i of indices) {
        if (!counted[i]) continue;
        steps += reader[i]!.steps;
        others += other[i]!.steps;
      }
      return steps / others;
    };
    const ratio = statistic(all);
    if (Number.isNaN(ratio)) return { ratio: null, interval: null };
    return { ratio: round(ratio, 3), interval: roundInterval(bootstrap(all.length, statistic), 3) };
  };
  return {
    em: {
      difference: all.length === 0 ? 0 : round(emPoints(all), 2),
      interval: roundInterval(bootstrap(all.length, emPoints), 2),
    },
    steps: stepsRatio(everywhere),
    stepsBothRight: { ...stepsRatio(both), n: both.filter(Boolean).length },
  };
}

/** Each of these readers against one of them. */
export function compareAll<K extends string>(
  readers: Partial<Readonly<Record<K, readonly Score[]>>>,
  to: readonly Score[],
): Partial<Record<K, Comparison>> {
  const entries = Object.entries(readers) as [K, readonly Score[]][];
  return Object.fromEntries(entries.map(([name, scores]) => [name, compare(scores, to)])) as Partial<
    Record<K, Comparison>
  >;
}

function roundInterval(interval: Interval | null, digits: number): Interval | null {
  return interval && [round(interval[0], digits), round(interval[1], digits)];
}
