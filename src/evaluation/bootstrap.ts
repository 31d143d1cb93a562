/** How far a figure would move with other questions of the same kind: percentile bootstrap, seeded. */

import { generator } from "./generator.ts";

/** 95 of 100 resamples lie within. */
export type Interval = readonly [low: number, high: number];

export const RESAMPLES = 2000;
const SEED = 1;
const TAIL = 0.025;

/**
 * Interval of `statistic` over resamples of `n` questions, drawn with replacement. It is given indices in [0, n), the
 * same draws for the same `n` whatever is computed of them, so that differences are paired. A resample of which it
 * says NaN has no such figure and is left out. Null when none has.
 */
export function bootstrap(
  n: number,
  statistic: (indices: Uint32Array) => number,
  seed: number = SEED,
): Interval | null {
  if (n === 0) return null;
  const next = generator(seed);
  const indices = new Uint32Array(n);
  const figures: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample += 1) {
    for (let i = 0; i < n; i += 1) indices[i] = Math.floor(next() * n);
    const figure = statistic(indices);
    if (!Number.isNaN(figure)) figures.push(figure);
  }
  if (figures.length === 0) return null;
  figures.sort((a, b) => a - b);
  return [percentile(figures, TAIL), percentile(figures, 1 - TAIL)];
}

/** Of sorted values, between neighbours in proportion. `share` in [0, 1]. */
export function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (place - low) * (sorted[high]! - sorted[low]!);
}
