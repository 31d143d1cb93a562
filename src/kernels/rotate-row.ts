/** Rotary position of one key in plain code: the half-split pairing that the shaders share. */
import type { RotaryTable } from "./rotary-table.ts";

/**
 * Turns the leading `rotaryDim` elements of `key` (`[headDim]`) in place: forward to `position`, or back from it.
 * Element i makes a pair with element i + rotaryDim / 2. Each product and sum is made in f64 and rounded once.
 */
export function rotateRow(
  key: Float32Array,
  table: RotaryTable,
  position: number,
  direction: "forward" | "back",
): void {
  const half = table.rotaryDim / 2;
  const sign = direction === "forward" ? 1 : -1;
  const { cosSin } = table;
  for (let i = 0, at = position * table.rotaryDim; i < half; i++, at += 2) {
    const cos = cosSin[at]!;
    const sin = sign * cosSin[at + 1]!;
    const x = key[i]!;
    const y = key[i + half]!;
    key[i] = x * cos - y * sin;
    key[i + half] = y * cos + x * sin;
  }
}
