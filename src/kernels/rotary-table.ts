/**
 * Cosines and sines of rotary position, made on the CPU in f64 and rounded once: a shader's own `cos()` of a
 * large angle is off by far more than the rounding of f32.
 */
import { KvShapeError } from "../terms/errors.ts";

export interface RotaryOptions {
  /** Elements of one key of one head. */
  readonly headDim: number;
  /** Leading elements that are rotated; the rest is left as it is. Default: all. */
  readonly rotaryDim?: number;
  /** Base of the frequencies: pair i turns by `theta ** (-2i / rotaryDim)` radians a position. */
  readonly theta: number;
  /** Positions 0 … positions − 1 are in the table. */
  readonly positions: number;
  /** `rotaryDim / 2` frequencies that replace those made from `theta`, in radians a position. */
  readonly inverseFrequencies?: ArrayLike<number>;
  /** Default: "half-split". */
  readonly pairs?: RotaryPairs;
}

/** Which elements turn together, pair i of n: elements i and i + n ("half-split"), or 2i and 2i + 1 ("adjacent"). */
export type RotaryPairs = "half-split" | "adjacent";

/** `cosSin`: `[position][rotaryDim / 2][2]`, cosine then sine of pair after pair. */
export interface RotaryTable {
  readonly pairs: RotaryPairs;
  readonly headDim: number;
  readonly rotaryDim: number;
  readonly positions: number;
  readonly cosSin: Float32Array;
}

/** Throws KvShapeError for sizes that cannot be rotated. */
export function createRotaryTable(options: RotaryOptions): RotaryTable {
  const { headDim, theta, positions, pairs = "half-split" } = options;
  const rotaryDim = options.rotaryDim ?? headDim;
  checkSizes(headDim, rotaryDim, positions);
  const half = rotaryDim / 2;
  const frequencies =
    options.inverseFrequencies ?? Float64Array.from({ length: half }, (_, i) => theta ** (-i / half));
  if (frequencies.length !== half) {
    throw new KvShapeError(
      `Got ${frequencies.length} rotary frequencies, expected ${half} for ${rotaryDim} rotated elements. ` +
        "Check the model's rotary configuration.",
    );
  }
  const cosSin = new Float32Array(positions * rotaryDim);
  for (let position = 0, at = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      cosSin[at++] = Math.cos(angle);
      cosSin[at++] = Math.sin(angle);
    }
  }
  if (!cosSin.every(Number.isFinite)) {
    throw new KvShapeError(
      `A rotary base of ${theta} gives frequencies that are not finite; expected a number above 0. ` +
        "Check the model's rotary configuration.",
    );
  }
  return { pairs, headDim, rotaryDim, positions, cosSin };
}

function checkSizes(headDim: number, rotaryDim: number, positions: number): void {
  const even = (n: number) => Number.isInteger(n) && n > 0 && n % 2 === 0;
  if (!even(headDim) || !even(rotaryDim) || rotaryDim > headDim) {
    throw new KvShapeError(
      `Got a head size of ${headDim} with ${rotaryDim} rotated elements; expected even numbers above 0, ` +
        "rotated elements at most the head size. Check the model's configuration.",
    );
  }
  if (!Number.isInteger(positions) || positions < 1) {
    throw new KvShapeError(`Got ${positions} positions for a rotary table, expected a whole number above 0.`);
  }
}
