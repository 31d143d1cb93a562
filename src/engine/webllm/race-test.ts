/**
 * Whether the engine's attention gives the same for a text in two parts as for the whole: where it does not, its merge of
 * cached and new rows races (merge-barrier.ts). Only its attention is run, on seeded numbers, so it costs milliseconds.
 */
import { bytesOfArray } from "../../gpu/buffers.ts";
import { copyElements } from "../../kernels/copy-elements.ts";
import { floatFromHalf } from "../../kernels/half.ts";
import type { RowsParts } from "./rows-method.ts";

const CACHED = 20;
const NEW = 7;

/**
 * How far the second part's attention is from that over the whole, as a share of what leaving the first part away changes.
 * Measured with the race: 0.4 and more; without: 1e-6.
 */
export async function shareOfRace({
  bridge,
  geometry,
}: Pick<RowsParts, "bridge" | "geometry">): Promise<number> {
  const { shape, dtype, heads } = geometry;
  const { layers, kvHeads, headDim } = shape;
  const width = (heads + 2 * kvHeads) * headDim;
  const arrayOf = (elements: number) =>
    dtype === "float32" ? new Float32Array(elements) : new Uint16Array(elements);
  const rows = arrayOf((CACHED + NEW) * width);
  copyElements(seeded(rows.length), 0, rows, 0, rows.length);

  const attend = async (from: number, to: number) => {
    const part = rows.slice(from * width, to * width);
    const bytes = bytesOfArray(part) as Uint8Array<ArrayBuffer>;
    const attended = await bridge.attend(to - from, { dtype, layers, heads, kvHeads, headDim }, bytes);
    const numbers = dtype === "float32" ? new Float32Array(attended.buffer) : halves(attended);
    return numbers.slice(-NEW * heads * headDim);
  };
  bridge.reset();
  const whole = await attend(0, CACHED + NEW);
  bridge.reset();
  await attend(0, CACHED);
  const parted = await attend(CACHED, CACHED + NEW);
  bridge.reset();
  const alone = await attend(CACHED, CACHED + NEW);
  bridge.reset();
  return distance(parted, whole) / distance(alone, whole);
}

/** Root of the mean square of what differs. NaN where a number is none, or one has more. */
export function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return a.length === b.length ? Math.sqrt(sum / a.length) : Number.NaN;
}

function halves(bytes: Uint8Array): Float32Array {
  return Float32Array.from(
    new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2),
    floatFromHalf,
  );
}

/** In [-1, 1), the same every time. */
function seeded(count: number): Float32Array {
  let state = 5;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
