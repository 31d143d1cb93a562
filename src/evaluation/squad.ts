/** Exact match and token F1 as SQuAD defines them, over its normalisation of answers. */

/** ASCII punctuation, as SQuAD's own script removes it. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Articles that stand alone. The look-arounds know letters of every script, which `\b` does not. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/** Lower case, without punctuation and articles, with single spaces. */
export function normaliseAnswer(text: string): string {
  return text
    .toLowerCase()
    .replace(PUNCTUATION, "")
    .replace(ARTICLES, " ")
    .split(/\s+/)
    .filter(Boolean)
    .join(" ");
}

export function exactMatch(answer: string, gold: string): boolean {
  return normaliseAnswer(answer) === normaliseAnswer(gold);
}

/** In [0, 1]: harmonic mean of precision and recall over tokens, each counted as often as it occurs. */
export function tokenF1(answer: string, gold: string): number {
  const got = tokensOf(answer);
  const wanted = tokensOf(gold);
  // Nothing left on either side after normalisation ("The"): right only when both are empty.
  if (got.length === 0 || wanted.length === 0) return got.length === wanted.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of got) {
    const count = left.get(token) ?? 0;
    if (count > 0) common += 1;
    left.set(token, count - 1);
  }
  if (common === 0) return 0;
  const precision = common / got.length;
  const recall = common / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}

function tokensOf(text: string): string[] {
  return normaliseAnswer(text).split(" ").filter(Boolean);
}
