/** What modes encode that let a log's rows carry its whole trace. */
import type { TraceTokens } from "./mode.ts";

/** Stands behind every response, and once in front of the whole. */
export const BLANK_LINE = "\n\n";

/** A blank line, then every response with its own. */
export function allResponses(trace: TraceTokens): number[] {
  return [...earlierResponses(trace), ...trace.responseIds.at(-1)!];
}

/** The same without the last response. */
export function earlierResponses({ responseIds, tokenizer }: TraceTokens): number[] {
  return [tokenizer.tokenize(BLANK_LINE), ...responseIds.slice(0, -1)].flat();
}
