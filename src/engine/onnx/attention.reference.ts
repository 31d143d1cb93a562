/**
 * Grouped-query attention in plain loops and f64: what the start-up self-test compares a backend with.
 * Rows of queries `[token][head][dim]`, of keys and values `[token][kv_head][dim]`, all already rotated.
 */
import type { RotaryPairs } from "../../kernels/rotary-table.ts";

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

export interface AttentionRows {
  /** Of the new tokens. */
  readonly queries: Float32Array;
  /** Of all tokens, the new ones last. */
  readonly keys: Float32Array;
  readonly values: Float32Array;
}

/** Causal attention of the new tokens over all tokens up to themselves: `[token][head][dim]`. */
export function attentionReference(shape: AttentionShape, rows: AttentionRows): Float32Array {
  const { heads, kvHeads, headDim } = shape;
  const fresh = rows.queries.length / (heads * headDim);
  const past = rows.keys.length / (kvHeads * headDim) - fresh;
  const out = new Float32Array(rows.queries.length);
  for (let token = 0; token < fresh; token++) {
    for (let head = 0; head < heads; head++) {
      const query = (token * heads + head) * headDim;
      const group = Math.floor(head / (heads / kvHeads));
      const visible = past + token + 1;
      const weights = softmax(
        Array.from({ length: visible }, (_, row) => {
          const key = (row * kvHeads + group) * headDim;
          let dot = 0;
          for (let i = 0; i < headDim; i++) dot += rows.queries[query + i]! * rows.keys[key + i]!;
          return dot / Math.sqrt(headDim);
        }),
      );
      for (let i = 0; i < headDim; i++) {
        let sum = 0;
        for (let row = 0; row < visible; row++) {
          sum += weights[row]! * rows.values[(row * kvHeads + group) * headDim + i]!;
        }
        out[query + i] = sum;
      }
    }
  }
  return out;
}

function softmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export interface ReferenceRotation {
  readonly heads: number;
  readonly headDim: number;
  /** Radians a position of each pair. */
  readonly frequencies: ArrayLike<number>;
  readonly pairs: RotaryPairs;
}

/** Rotates the rows `[token][head][dim]` of tokens at positions `first`, `first + 1`, … */
export function rotateReference(
  rows: Float32Array,
  { heads, headDim, frequencies, pairs }: ReferenceRotation,
  first: number,
): Float32Array {
  const out = rows.slice();
  const half = frequencies.length;
  for (let row = 0; row < rows.length / headDim; row++) {
    const position = first + Math.floor(row / heads);
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      const [x, y] = pairs === "adjacent" ? [2 * i, 2 * i + 1] : [i, half + i];
      const a = rows[row * headDim + x]!;
      const b = rows[row * headDim + y]!;
      out[row * headDim + x] = a * Math.cos(angle) - b * Math.sin(angle);
      out[row * headDim + y] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return out;
}
