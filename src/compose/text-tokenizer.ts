/** Text → ids and back, and which of the ids stand over a part of the text. */
import type { Engine } from "../engine/engine.ts";

export type TextTokenizer = Pick<Engine, "tokenize" | "decode">;

/** Of a text that was tokenised as a whole: its ids, of which those at [from, to) overlap some of its characters. */
export interface TokensOver {
  readonly ids: number[];
  readonly from: number;
  readonly to: number;
}

/**
 * The tokens that overlap the characters [from, to) of `text`: a token that reaches over either end counts.
 */
export function tokensOver(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  tokenizer: TextTokenizer,
): TokensOver {
  const ids = tokenizer.tokenize(text);
  const lengthOf = (tokens: readonly number[]) => tokenizer.decode(tokens).length;
  // Measured in decoded text, which a tokenizer may have normalised.
  const lengthUntil = (end: number) => lengthOf(tokenizer.tokenize(text.slice(0, end)));
  const [start, end] = [lengthUntil(from), lengthUntil(to)];
  return {
    ids,
    from: tokensUntil(ids.length, (count) => lengthOf(ids.slice(0, count)) > start) - 1,
    to: tokensUntil(ids.length, (count) => lengthOf(ids.slice(0, count)) >= end),
  };
}

/** The least number of tokens, at most `most`, that reaches far enough. More tokens never reach less far. */
function tokensUntil(most: number, reaches: (count: number) => boolean): number {
  let [least, enough] = [0, most];
  while (least < enough) {
    const middle = (least + enough) >> 1;
    if (reaches(middle)) enough = middle;
    else least = middle + 1;
  }
  return enough;
}
