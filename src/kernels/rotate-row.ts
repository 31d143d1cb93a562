/** Rotary position of one key in plain code: the pairings that the shaders share. */
import type { RotaryTable } from "./rotary-table.ts";

/**
 * Turns the leading `rotaryDim` elements of `key` (`[headDim]`) in place: forward to `position`, or back from it.
 * Each product and sum is made in f64 and rounded once.
 */
export function rotateRow(
  key: Float32Array,
  table: RotaryTable,
  position: number,
  direction: "forward" | "back",
): void {
  const half = table.rotaryDim / 2;
  const sign = direction === "forward" ? 1 : -1;
  const { cosSin, pairs } = table;
  const [step, apart] = pairs === "adjacent" ? [2, 1] : [1, half];
  for (let i = 0, at = position * table.rotaryDim; i < half; i++, at += 2) {
    const cos = cosSin[at]!;
    const sin = sign * cosSin[at + 1]!;
    const first = i * step;
    const x = key[first]!;
    const y = key[first + apart]!;
    key[first] = x * cos - y * sin;
    key[first + apart] = y * cos + x * sin;
  }
}
