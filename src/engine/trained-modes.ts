/** The modes that a model was trained for, as its `config.json` says: `"lag": {"trainedModes": ["none", "kv"]}`. */
import { ModelFileError } from "../terms/errors.ts";
import { MODES, type Mode } from "../terms/log.ts";

/** `lag` is that section of the file. Undefined when it does not say. Throws ModelFileError for what is no list of modes. */
export function readTrainedModes(lag: unknown): readonly Mode[] | undefined {
  const named = (lag as { trainedModes?: unknown } | null | undefined)?.trainedModes ?? undefined;
  if (named === undefined) return undefined;
  // A misspelt one would pass as a mode that the model was not trained for.
  if (Array.isArray(named) && named.every((name) => MODES.includes(name))) {
    return MODES.filter((mode) => named.includes(mode));
  }
  throw new ModelFileError(
    `config.json: lag.trainedModes is ${JSON.stringify(named)}, expected a list of modes (${MODES.join(", ")}). ` +
      "Correct it, or leave it out.",
  );
}
