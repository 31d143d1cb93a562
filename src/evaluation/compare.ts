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
  const all = Uint32Array.from(reader.keys());
  const emPoints = (indices: Uint32Array) => {
    let points = 0;
    for (const i of indices) points += reader[i]!.em - other[i]!.em;
    return (100 * points) / indices.length;
  };
  const both = bothRight(reader, other);
  return {
    em: {
      difference: all.length === 0 ? 0 : round(emPoints(all), 2),
      interval: roundInterval(bootstrap(all.length, emPoints), 2),
    },
    steps: stepsRatio(reader, other),
    stepsBothRight: { ...stepsRatio(reader, other, both), n: both.filter(Boolean).length },
  };
}

/** Of each question, whether both readers answer it rightly. */
export function bothRight(reader: readonly Score[], other: readonly Score[]): boolean[] {
  return reader.map(({ em }, i) => em === 1 && other[i]!.em === 1);
}

/** Steps of the reader over those of the other, over the questions that are counted: all, where nothing is said. */
export function stepsRatio(
  reader: readonly Score[],
  other: readonly Score[],
  counted?: readonly boolean[],
): Ratio {
  const statistic = (indices: Uint32Array) => {
    let [steps, others] = [0, 0];
    for (const i of indices) {
      if (counted && !counted[i]) continue;
      steps += reader[i]!.steps;
      others += other[i]!.steps;
    }
    return steps / others;
  };
  const ratio = statistic(Uint32Array.from(reader.keys()));
  if (Number.isNaN(ratio)) return { ratio: null, interval: null };
  return { ratio: round(ratio, 3), interval: roundInterval(bootstrap(reader.length, statistic), 3) };
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
