/** States of tokens → one vector a text, in plain code. */
import type { Pooling } from "./embedder-config.ts";

export interface PoolOptions {
  readonly pooling: Pooling;
  readonly normalise: boolean;
}

/**
 * `states` is `[lengths.length][tokens][dimension]`, of which the first `lengths[row]` tokens of a row count; at
 * least one. Returns `[lengths.length][dimension]`.
 */
export function pool(
  states: Float32Array,
  lengths: readonly number[],
  dimension: number,
  { pooling, normalise }: PoolOptions,
): Float32Array {
  const tokens = states.length / (lengths.length * dimension);
  const out = new Float32Array(lengths.length * dimension);
  for (const [row, length] of lengths.entries()) {
    const vector = out.subarray(row * dimension, (row + 1) * dimension);
    const counted = pooling === "cls" ? 1 : length;
    for (let token = 0; token < counted; token++) {
      const at = (row * tokens + token) * dimension;
      for (let i = 0; i < dimension; i++) vector[i]! += states[at + i]! / counted;
    }
    if (normalise) scaleToOne(vector);
  }
  return out;
}

function scaleToOne(vector: Float32Array): void {
  const length = Math.hypot(...vector);
  if (length === 0) return;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
}
