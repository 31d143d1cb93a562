/** How similar a log must be for a model to be helped by it, as its `config.json` says: `"lag": {"minSimilarity": 0.4}`. */
import { ModelFileError } from "../terms/errors.ts";

/** `lag` is that section of the file. Undefined when it does not say. Throws ModelFileError for what is no number from 0 to 1. */
export function readMinSimilarity(lag: unknown): number | undefined {
  const least = (lag as { minSimilarity?: unknown } | null | undefined)?.minSimilarity ?? undefined;
  if (least === undefined || (typeof least === "number" && least >= 0 && least <= 1)) return least;
  throw new ModelFileError(
    `config.json: lag.minSimilarity is ${JSON.stringify(least)}, expected a number from 0 to 1. ` +
      "Correct it, or leave it out.",
  );
}
