/** Copies elements between arrays of any two dtypes, in plain code. */
import { floatFromHalf, halfFromFloat } from "./half.ts";

type Elements = Float32Array | Uint16Array;

/** Copies `count` elements; `Uint16Array` holds 16-bit float patterns. Equal dtypes keep every bit. */
export function copyElements(from: Elements, at: number, to: Elements, toAt: number, count: number): void {
  if (from instanceof Float32Array === to instanceof Float32Array) {
    to.set(from.subarray(at, at + count), toAt);
  } else if (to instanceof Float32Array) {
    for (let i = 0; i < count; i++) to[toAt + i] = floatFromHalf(from[at + i]!);
  } else {
    for (let i = 0; i < count; i++) to[toAt + i] = halfFromFloat(from[at + i]!);
  }
}
