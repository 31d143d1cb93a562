/**
 * Scaled rotation: `rope_scaling` of `config.json` → frequencies. Only scalings whose angles depend on the position
 * alone: a key that was rotated while the sequence was short must stand as it would in a long one.
 */
import { ModelFileError } from "../terms/errors.ts";

export interface RotaryBase {
  readonly theta: number;
  readonly rotaryDim: number;
  /** Positions that the model was made for. */
  readonly maxPositions: number;
}

type Fields = Readonly<Record<string, unknown>>;
/** `rotaryDim / 2` frequencies in radians a position. */
type Scale = (scaling: Fields, base: RotaryBase) => number[];

const SCALINGS: Readonly<Record<string, Scale>> = {
  linear: (scaling, base) => {
    const factor = number(scaling, "factor");
    return powersOf(base.theta, base.rotaryDim).map((frequency) => frequency / factor);
  },
  // Long waves are stretched, short ones stay, those between are blended.
  llama3: (scaling, base) => {
    const factor = number(scaling, "factor");
    const [low, high] = [number(scaling, "low_freq_factor"), number(scaling, "high_freq_factor")];
    const original = number(scaling, "original_max_position_embeddings");
    return powersOf(base.theta, base.rotaryDim).map((frequency) => {
      const turns = (original * frequency) / (2 * Math.PI);
      const share = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return (share + (1 - share) / factor) * frequency;
    });
  },
  // As llama3, blended by the number of the pair. That cosines and sines are made longer stays in the rows.
  yarn: (scaling, base) => {
    const factor = number(scaling, "factor");
    const original = number(scaling, "original_max_position_embeddings", base.maxPositions);
    const pairTurning = (turns: number) =>
      (base.rotaryDim * Math.log(original / (2 * Math.PI * turns))) / (2 * Math.log(base.theta));
    const whole = scaling.truncate !== false;
    const [fast, slow] = [
      pairTurning(number(scaling, "beta_fast", 32)),
      pairTurning(number(scaling, "beta_slow", 1)),
    ];
    const first = Math.max(0, whole ? Math.floor(fast) : fast);
    const last = Math.min(base.rotaryDim - 1, whole ? Math.ceil(slow) : slow);
    return powersOf(base.theta, base.rotaryDim).map((frequency, pair) => {
      const stretched = Math.min(1, Math.max(0, (pair - first) / Math.max(last - first, 0.001)));
      return (1 - stretched + stretched / factor) * frequency;
    });
  },
};

/** Scalings that are known here. */
export const isKnownScaling = (type: string): boolean => Object.hasOwn(SCALINGS, type);

/** Throws ModelFileError for a scaling whose numbers are missing or no numbers. */
export function scaledFrequencies(type: string, scaling: Fields, base: RotaryBase): number[] {
  return SCALINGS[type]!(scaling, base);
}

/** Frequencies without scaling. */
export function powersOf(theta: number, rotaryDim: number): number[] {
  return Array.from({ length: rotaryDim / 2 }, (_, pair) => theta ** ((-2 * pair) / rotaryDim));
}

function number(scaling: Fields, field: string, otherwise?: number): number {
  const value = scaling[field] ?? otherwise;
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw new ModelFileError(
    `config.json: rope_scaling.${field} is ${JSON.stringify(value) ?? "missing"}, expected a number above 0. ` +
      "Download the model folder again.",
  );
}
