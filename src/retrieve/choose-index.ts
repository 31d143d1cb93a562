/** A kind of retrieval → the indexes that do it. */
import type { FusionWeights, RetrievalKind, Vectors } from "../terms/retrieval.ts";
import { DenseIndex } from "./dense-index.ts";
import { FusedIndex } from "./fused-index.ts";
import { LexicalIndex } from "./lexical-index.ts";
import type { TextEmbedder } from "./text-embedder.ts";
import type { TextIndex } from "./text-index.ts";

export interface ChosenRetrieval {
  readonly kind: RetrievalKind;
  readonly weights: FusionWeights;
  /** Default float32. */
  readonly vectors?: Vectors | undefined;
  /** Null is enough for lexical retrieval. It may still be loading. */
  readonly embedder: Promise<TextEmbedder> | null;
}

/** An empty index by meaning and how much it counts beside one by words, for a bank; undefined when words are enough. */
export function createDense({ kind, weights, vectors, embedder }: ChosenRetrieval) {
  if (kind === "lexical" || embedder === null) return undefined;
  return {
    index: new DenseIndex(embedder, vectors),
    weights: kind === "dense" ? { lexical: 0, dense: 1 } : weights,
  };
}

/** An empty index of texts whose vectors are kept nowhere else: the corpus. */
export function createIndex({ kind, weights, vectors, embedder }: ChosenRetrieval): TextIndex {
  if (kind === "lexical" || embedder === null) return new LexicalIndex();
  if (kind === "dense") return new DenseIndex(embedder, vectors);
  return new FusedIndex([
    { index: new LexicalIndex(), weight: weights.lexical },
    { index: new DenseIndex(embedder, vectors), weight: weights.dense },
  ]);
}
