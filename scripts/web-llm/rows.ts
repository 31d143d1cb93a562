/** Parts of slices, and how far numbers are apart. */
import { floatFromHalf } from "../../src/kernels/half.ts";
import { emptySlice } from "../../src/kernels/stored-rows.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";

/** Rows [from, to) of a slice. */
export function partOf({ shape, dtype, tokens, keys, values }: KvSlice, from: number, to: number): KvSlice {
  const part = emptySlice(shape, dtype, to - from);
  for (const [given, taken] of [
    [keys, part.keys],
    [values, part.values],
  ] as const) {
    for (let head = 0; head < shape.layers * shape.kvHeads; head++) {
      const at = (token: number) => (head * tokens + token) * shape.headDim;
      taken.set(given.subarray(at(from), at(to)), head * part.tokens * shape.headDim);
    }
  }
  return part;
}

export function floats(elements: Float32Array | Uint16Array): Float32Array {
  return elements instanceof Float32Array ? elements : Float32Array.from(elements, floatFromHalf);
}

/** Largest absolute difference; infinite when lengths differ or a value is no number. */
export function furthest(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const off = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(off)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, off);
  }
  return largest;
}
