/**
 * Rankings of the same entries → one, by reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): an entry scores
 * the sum of weight / (60 + rank) over the rankings that hold it. Ranks compare where scores do not.
 */
import type { Ranked } from "../terms/document.ts";

export interface Ranking {
  /** Best first, whole: with the best few of each, a window that moves on would see another order. */
  readonly ranked: readonly Ranked[];
  /** 0: it stands in for the others, and counts for entries only that none of them covers. */
  readonly weight: number;
  /** Whether it could have found an entry: of one that it could not, the others decide alone. Default: it could any. */
  readonly covers?: (id: string) => boolean;
}

export interface FuseOptions {
  /** The larger, the less the first ranks count more than the next ones. Default 60. */
  readonly rankConstant?: number;
  /** Decides between equal scores: the smaller comes first. */
  readonly placeOf: (id: string) => number;
}

/**
 * `similarity` = the highest that a ranking which counts reports: what one finds is not less similar because another
 * is blind to it, and a floor must not take out again what a second ranking is there to find.
 */
export function fuse(rankings: readonly Ranking[], { rankConstant = 60, placeOf }: FuseOptions): Ranked[] {
  const found = rankings.map(
    ({ ranked }) => new Map(ranked.map((entry, place) => [entry.id, { ...entry, place }])),
  );
  const scored: (Ranked & { readonly score: number })[] = [];
  for (const id of new Set(found.flatMap((places) => [...places.keys()]))) {
    const weights = weightsOf(id, rankings);
    let [score, similarity] = [0, 0];
    for (const [i, weight] of weights.entries()) {
      const entry = found[i]!.get(id);
      if (!entry || weight === 0) continue;
      score += weight / (rankConstant + entry.place + 1);
      similarity = Math.max(similarity, entry.similarity);
    }
    if (score > 0) scored.push({ id, similarity, score });
  }
  scored.sort((a, b) => b.score - a.score || placeOf(a.id) - placeOf(b.id));
  return scored.map(({ id, similarity }) => ({ id, similarity }));
}

/** How much each ranking counts for one entry: 1 in all. */
function weightsOf(id: string, rankings: readonly Ranking[]): number[] {
  const weights = rankings.map(({ weight, covers }) => ((covers?.(id) ?? true) ? weight : 0));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  if (whole > 0) return weights.map((weight) => weight / whole);
  const covering = rankings.map(({ covers }) => ((covers?.(id) ?? true) ? 1 : 0) as number);
  const count = covering.reduce((sum, one) => sum + one, 0);
  return covering.map((one) => one / count);
}
