/** What modes encode that let a log's rows carry its whole trace. */
import type { TraceTokens } from "./mode.ts";

/** Stands behind every response, and once in front of the whole. */
export const BLANK_LINE = "\n\n";

/** A blank line, then every response with its own. */
export function allResponses({ responseIds, tokenize }: TraceTokens): number[] {
  return [tokenize(BLANK_LINE), ...responseIds].flat();
}
