/** Responses → their token ids. Pure: the tokenizer is given. */
import { BLANK_LINE } from "../compose/modes/all-responses.ts";
import type { TraceTokens } from "../compose/modes/mode.ts";
import type { TextTokenizer } from "../compose/text-tokenizer.ts";

/**
 * Each response is tokenised on its own: tokens never reach over its end, so that the ids of a response are the
 * same whatever stands before it.
 */
export function traceTokens(responses: readonly string[], tokenizer: TextTokenizer): TraceTokens {
  return {
    responses,
    responseIds: responses.map((response) => tokenizer.tokenize(response + BLANK_LINE)),
    tokenizer,
  };
}
