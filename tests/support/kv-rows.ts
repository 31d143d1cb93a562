/** Seeded key/value rows for tests, on either side of the bus. */
import { bytesOfArray, readBack } from "../../src/gpu/buffers.ts";
import type { GpuDevice } from "../../src/gpu/device.ts";
import { floatFromHalf, halfFromFloat } from "../../src/kernels/half.ts";
import {
  bytesOfLayer,
  createKvArrays,
  createKvBuffers,
  type KvArrays,
  type KvBuffers,
  type KvLayout,
} from "../../src/kernels/kv-buffers.ts";
import { elementsOf, type KvDtype, type KvShape, type KvSlice } from "../../src/terms/kv-shape.ts";

type Elements = Float32Array | Uint16Array;

/** Numbers in [-2, 2), the same for the same seed. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32) * 4 - 2;
  };
}

export function seededElements(dtype: KvDtype, count: number, next: () => number): Elements {
  return dtype === "float32"
    ? Float32Array.from({ length: count }, next)
    : Uint16Array.from({ length: count }, () => halfFromFloat(next()));
}

export function seededSlice(shape: KvShape, dtype: KvDtype, tokens: number, seed: number): KvSlice {
  const next = seededNumbers(seed);
  const count = elementsOf(shape, tokens);
  return {
    shape,
    dtype,
    tokens,
    keys: seededElements(dtype, count, next),
    values: seededElements(dtype, count, next),
  };
}

/** Arrays full of numbers, so that a write beside the right rows shows. */
export function seededArrays(layout: KvLayout, seed: number): KvArrays {
  const next = seededNumbers(seed);
  const arrays = createKvArrays(layout);
  for (const { keys, values } of arrays.layers) {
    keys.set(seededElements(layout.dtype, keys.length, next));
    values.set(seededElements(layout.dtype, values.length, next));
  }
  return arrays;
}

/** Numbers of an array of either dtype. */
export function numbersOf(elements: Elements): Float32Array {
  return elements instanceof Float32Array ? elements : Float32Array.from(elements, floatFromHalf);
}

export function uploadArrays(gpu: GpuDevice, arrays: KvArrays): KvBuffers {
  const buffers = createKvBuffers(gpu, {
    shape: arrays.shape,
    dtype: arrays.dtype,
    capacity: arrays.capacity,
  });
  for (const [layer, { keys, values }] of arrays.layers.entries()) {
    gpu.device.queue.writeBuffer(buffers.layers[layer]!.keys, 0, bytesOfArray(keys).slice());
    gpu.device.queue.writeBuffer(buffers.layers[layer]!.values, 0, bytesOfArray(values).slice());
  }
  return buffers;
}

export async function downloadBuffers(gpu: GpuDevice, buffers: KvBuffers): Promise<KvArrays> {
  const arrays = createKvArrays({ shape: buffers.shape, dtype: buffers.dtype, capacity: buffers.capacity });
  const bytes = bytesOfLayer(buffers);
  for (const [layer, { keys, values }] of buffers.layers.entries()) {
    bytesOfArray(arrays.layers[layer]!.keys).set(await readBack(gpu, keys, bytes));
    bytesOfArray(arrays.layers[layer]!.values).set(await readBack(gpu, values, bytes));
  }
  return arrays;
}

/**
 * The largest distance between two arrays of one dtype beyond what rounding explains: 0 when every element is
 * within `2e-6`, plus one unit in the last place where elements have 16 bits.
 */
export function excess(got: Elements, expected: Elements): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  const relative = got instanceof Float32Array ? 0 : 2 ** -10;
  const a = numbersOf(got);
  const b = numbersOf(expected);
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!) - (2e-6 + relative * Math.abs(b[i]!));
    if (!(distance <= worst)) worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
  }
  return worst;
}

/** Whether two arrays hold the same bits. Far faster than a deep comparison of large arrays. */
export function sameBits(a: Elements, b: Elements): boolean {
  // As whole numbers, so that no two patterns of a number pass as equal.
  const patterns = (array: Elements) =>
    array instanceof Uint16Array ? array : new Uint32Array(array.slice().buffer);
  const [x, y] = [patterns(a), patterns(b)];
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
