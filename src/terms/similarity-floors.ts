/** How similar a log must be to be put in front: one that does not help may mislead. */

export interface SimilarityFloors {
  /** Logs whose similarity to the query is below are not put in front, from 0 to 1. */
  readonly minSimilarity?: number;
  /** Nor those whose similarity is below this share of the most similar log that the query found, from 0 to 1. */
  readonly minRelativeSimilarity?: number;
}

export const SIMILARITY_FLOORS = [
  "minSimilarity",
  "minRelativeSimilarity",
] as const satisfies readonly (keyof SimilarityFloors)[];

/** Those that are given, by themselves. */
export function floorsOf(given: SimilarityFloors): SimilarityFloors {
  const there = SIMILARITY_FLOORS.filter((floor) => given[floor] !== undefined);
  return Object.fromEntries(there.map((floor) => [floor, given[floor]]));
}
