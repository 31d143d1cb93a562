/** What running a model takes of memory, before anything of it is fetched: counted from its configuration and sizes. */
import { DEFAULT_CAPACITY } from "../engine/capacity.ts";
import type { ModelConfig } from "../engine/model-config.ts";
import { bytesOf as bytesOfRows } from "../terms/kv-shape.ts";
import { bytesOf } from "./choose-variant.ts";
import type { Variant } from "./variants.ts";

/** Bytes. `working` is an estimate, the others are counted. */
export interface MemoryNeed {
  readonly weights: number;
  /** Key/value rows at full capacity. */
  readonly rows: number;
  /** What a forward pass puts between its layers, and the scores of the vocabulary. */
  readonly working: number;
  /** The larger of what running takes and what opening does: there the weights stand twice for a moment. */
  readonly total: number;
}

/** Tokens that a forward pass is reckoned with. */
const TOKENS = 512;
/** Arrays of hidden size, for each token, that are alive at once: an ordinary layer's, generously. */
const ARRAYS = 16;

/** Of an embedder, whose batches hold this many tokens; its wider layers are counted as four times its vectors. */
const BATCH_TOKENS = 4096;

export function embedderNeed(dimension: number, variant: Variant): MemoryNeed {
  const weights = bytesOf(variant);
  const working = BATCH_TOKENS * ARRAYS * dimension * 4;
  return { weights, rows: 0, working, total: Math.max(weights + working, 2 * weights) };
}

export function memoryNeed(config: ModelConfig, variant: Variant): MemoryNeed {
  const { shape, maxPositions, heads, vocabSize } = config;
  const weights = bytesOf(variant);
  const rows = bytesOfRows(shape, variant.rows, Math.min(maxPositions, DEFAULT_CAPACITY));
  const working = TOKENS * (ARRAYS * heads * shape.headDim + vocabSize) * 4;
  return { weights, rows, working, total: Math.max(weights + rows + working, 2 * weights) };
}
