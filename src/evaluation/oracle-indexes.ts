/** What a perfect reader finds with: the indexes of a solver whose logs and documents are found in the same way. */
import { MemoryBank } from "../bank/memory-bank.ts";
import { createDense, createIndex } from "../retrieve/choose-index.ts";
import { LexicalIndex } from "../retrieve/lexical-index.ts";
import type { TextEmbedder } from "../retrieve/text-embedder.ts";
import type { Retrieval } from "../terms/retrieval.ts";
import type { OracleOptions } from "./oracle.ts";

export type OracleIndexes = Pick<OracleOptions, "createBank" | "createIndex">;

/** `embedder`: that of the solver; null is enough where both are found by words. It stays its owner's. */
export function oracleIndexes(
  { logs, documents, weights, vectors }: Retrieval,
  embedder: TextEmbedder | null,
): OracleIndexes {
  const shared = embedder && Promise.resolve(embedder);
  return {
    createBank: () =>
      new MemoryBank(new LexicalIndex(), createDense({ kind: logs, weights, vectors, embedder: shared })),
    createIndex: () => createIndex({ kind: documents, weights, vectors, embedder: shared }),
  };
}
