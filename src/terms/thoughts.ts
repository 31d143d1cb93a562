/** What becomes of the thoughts of a model that thinks before it speaks, as an option of whoever loads it. */
import { InputError } from "./errors.ts";

/**
 * `drop`: they belong to no trace, so no log and no later prompt holds them. `keep`: they are the beginning of each
 * response in the trace, its rows among them. `off`: the model is told not to think, by its own chat template.
 */
export const THOUGHTS = ["drop", "keep", "off"] as const;
export type Thoughts = (typeof THOUGHTS)[number];

/** Default `drop`. Throws InputError. */
export function readThoughts(value: unknown = "drop"): Thoughts {
  const known = THOUGHTS.find((one) => one === value);
  if (known !== undefined) return known;
  throw new InputError(
    `thoughts is ${JSON.stringify(value)}, expected one of ${THOUGHTS.join(", ")}. Choose one of them.`,
  );
}
