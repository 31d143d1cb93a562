/** Texts of like length go together: what is added behind a shorter one costs as much as its own tokens. */

/** Tokens of a batch, with what is added: the states of all of them are in memory at once. */
const MOST_TOKENS = 4096;

/** Indexes of `rows`, each once, shortest rows first; a row that is longer than a batch is one alone. */
export function batchesOf(rows: readonly { readonly length: number }[], most = MOST_TOKENS): number[][] {
  const order = rows.map((_, index) => index).sort((a, b) => rows[a]!.length - rows[b]!.length || a - b);
  const batches: number[][] = [];
  for (const index of order) {
    const batch = batches.at(-1);
    // Its row is the longest so far: all others are filled up to it.
    if (batch && (batch.length + 1) * rows[index]!.length <= most) batch.push(index);
    else batches.push([index]);
  }
  return batches;
}
