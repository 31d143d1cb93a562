/** Rotary position by another road than the project's: complex numbers in f64, no table, no shared code. */
import type { RotaryPairs } from "../../src/kernels/rotary-table.ts";

/**
 * `key` (`[headDim]`) turned by `position`. One complex number are elements i and i + rotaryDim / 2, or, of adjacent
 * pairs, 2i and 2i + 1.
 */
export function ropeByComplexNumbers(
  key: ArrayLike<number>,
  position: number,
  theta: number,
  rotaryDim = key.length,
  pairs: RotaryPairs = "half-split",
): number[] {
  const turned = Array.from(key);
  for (let i = 0; 2 * i < rotaryDim; i++) {
    const [real, imaginary] = pairs === "adjacent" ? [2 * i, 2 * i + 1] : [i, i + rotaryDim / 2];
    const radius = Math.hypot(key[real]!, key[imaginary]!);
    const angle = Math.atan2(key[imaginary]!, key[real]!) + position / theta ** ((2 * i) / rotaryDim);
    turned[real] = radius * Math.cos(angle);
    turned[imaginary] = radius * Math.sin(angle);
  }
  return turned;
}
