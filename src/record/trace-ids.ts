/** The token ids of a trace, and which of them a slice holds. Pure: the tokenizer is given. */
import type { Engine } from "../engine/engine.ts";

/** Stands behind every response, and once in front of the whole. */
const BLANK_LINE = "\n\n";

export interface TraceIds {
  /** What is encoded: a blank line, then every response with its own. */
  readonly ids: readonly number[];
  /** One array a response, its closing blank line included. */
  readonly responseIds: readonly (readonly number[])[];
  /** The last response: tokens [from, to) of `ids`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Each response is tokenised on its own: tokens never reach over its end, so that the ids of a response are the
 * same whatever stands before it.
 */
export function traceIds(responses: readonly string[], tokenize: Engine["tokenize"]): TraceIds {
  const responseIds = responses.map((response) => tokenize(response + BLANK_LINE));
  const ids = [tokenize(BLANK_LINE), ...responseIds].flat();
  return { ids, responseIds, from: ids.length - (responseIds.at(-1)?.length ?? 0), to: ids.length };
}
