/**
 * How similar a log must be to its query to be put in front: one that does not help may mislead. In the units of the
 * retrieval in use: the share of the query's words and pairs of neighbouring words by weight, a cosine, or the higher
 * of both. A log that a person pinned comes whatever the floors say.
 */
export interface SimilarityFloors {
  /**
   * From 0 to 1: logs that are less similar to the query are not put in front. Default: `lag.minSimilarity` of the
   * model's `config.json`, else 0, as published.
   */
  readonly minSimilarity?: number;
  /**
   * From 0 to 1: logs that are less similar than this share of the most similar one that the query finds are not put
   * in front. Default: `lag.minRelativeSimilarity` of the model's `config.json`, else 0, as published.
   */
  readonly minRelativeSimilarity?: number;
}

export const SIMILARITY_FLOORS = [
  "minSimilarity",
  "minRelativeSimilarity",
] as const satisfies readonly (keyof SimilarityFloors)[];

/** Those that are given, of the first that gives them. */
export function floorsOf(...given: readonly SimilarityFloors[]): SimilarityFloors {
  const said = SIMILARITY_FLOORS.map(
    (floor) => [floor, given.map((each) => each[floor]).find(isSaid)] as const,
  );
  return Object.fromEntries(said.filter(([, value]) => isSaid(value)));
}

/** All but them. */
export function withoutFloors<T extends SimilarityFloors>(given: T): Omit<T, keyof SimilarityFloors> {
  const { minSimilarity: _, minRelativeSimilarity: __, ...others } = given;
  return others;
}

function isSaid(value: number | undefined): boolean {
  return value !== undefined;
}
