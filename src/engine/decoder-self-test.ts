/**
 * Start-up checks of a loaded decoder through its own interface: keys must turn with position as config.json
 * says, and logits must be those that the folder stores, when it stores any.
 */
import { floatFromHalf } from "../kernels/half.ts";
import type { KvDtype, KvSlice } from "../terms/kv-shape.ts";
import type { Decoder } from "./decoder.ts";
import type { StoredLogits } from "./model-folder.ts";

const ROWS = 24;
/** Of the largest key. Keys at the wrong base or in the wrong pairs are off by about as much as they are large. */
const KEY_TOLERANCE: Record<KvDtype, number> = { float32: 1e-3, float16: 2e-2 };
const LOGITS_TOLERANCE: Record<KvDtype, number> = { float32: 1e-3, float16: 5e-2 };

/**
 * In the first layer a key depends on nothing but its token and its position. So one token, repeated, must
 * have the same un-rotated key everywhere. Returns what is wrong, or undefined.
 */
export async function rotarySelfTest(decoder: Decoder): Promise<string | undefined> {
  const token = Math.floor(decoder.vocabSize / 2);
  const rows = Math.min(ROWS, decoder.capacity);
  decoder.clear();
  await decoder.run(new Array<number>(rows).fill(token));
  const slice = await decoder.take(0, rows);
  decoder.clear();
  const { kvHeads, headDim } = decoder.shape;
  const keys = firstLayerKeys(slice);
  let largest = 0;
  let error = 0;
  for (let head = 0; head < kvHeads; head++) {
    const first = head * rows * headDim;
    for (let i = 0; i < rows * headDim; i++) {
      largest = Math.max(largest, Math.abs(keys[first + i]!));
      error = Math.max(error, Math.abs(keys[first + i]! - keys[first + (i % headDim)]!));
    }
  }
  if (largest > 0 && error <= KEY_TOLERANCE[decoder.dtype] * largest) return undefined;
  return `un-rotated keys of one token differ by ${error.toExponential(1)} between positions (largest key ${largest.toPrecision(3)})`;
}

/** Returns what is wrong, or undefined. Forgets all rows. */
export async function logitsSelfTest(decoder: Decoder, stored: StoredLogits): Promise<string | undefined> {
  decoder.clear();
  const logits = await decoder.run(stored.ids);
  decoder.clear();
  let error = stored.logits.length === logits.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [i, wanted] of stored.logits.entries()) {
    const difference = Math.abs(logits[i]! - wanted);
    error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference);
  }
  const tolerance = LOGITS_TOLERANCE[decoder.dtype];
  if (error <= tolerance) return undefined;
  return `logits differ from those stored beside the model by ${error.toExponential(1)}, at most ${tolerance} is allowed`;
}

function firstLayerKeys(slice: KvSlice): Float32Array {
  const { kvHeads, headDim } = slice.shape;
  const part = slice.keys.subarray(0, kvHeads * slice.tokens * headDim);
  return part instanceof Float32Array ? part : Float32Array.from(part, floatFromHalf);
}
