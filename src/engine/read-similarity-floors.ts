/**
 * How similar a log must be for a model to be helped by it, as its `config.json` says: `"lag": {"minSimilarity": 0.25,
 * "minRelativeSimilarity": 0.7}`.
 */
import { ModelFileError } from "../terms/errors.ts";
import { SIMILARITY_FLOORS, type SimilarityFloors } from "../terms/similarity-floors.ts";

/** `lag` is that section of the file. Holds those that it says. Throws ModelFileError for what is no number from 0 to 1. */
export function readSimilarityFloors(lag: unknown): SimilarityFloors {
  const section = (lag ?? {}) as Partial<Record<keyof SimilarityFloors, unknown>>;
  const said = SIMILARITY_FLOORS.filter((floor) => (section[floor] ?? undefined) !== undefined);
  return Object.fromEntries(said.map((floor) => [floor, shareIn(floor, section[floor])]));
}

function shareIn(floor: keyof SimilarityFloors, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new ModelFileError(
    `config.json: lag.${floor} is ${JSON.stringify(value)}, expected a number from 0 to 1. ` +
      "Correct it, or leave it out.",
  );
}
