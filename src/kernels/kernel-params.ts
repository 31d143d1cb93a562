/** What kernels are told about sizes, and what they must check about buffers before they start. */

import type { GpuDevice } from "../gpu/device.ts";
import { KvShapeError } from "../terms/errors.ts";
import { bytesOfLayer, type KvBuffers, type KvLayout } from "./kv-buffers.ts";
import type { RotaryTable } from "./rotary-table.ts";

/** Fields of `Params` in the shaders, in their order; each one u32. */
export const PARAMS = ["kv_heads", "head_dim", "half_rotary", "rows", "capacity", "first_row"] as const;

export function packParams(
  { shape, capacity }: KvLayout,
  { rotaryDim }: RotaryTable,
  rows: number,
  firstRow: number,
): Uint32Array {
  const params: Record<(typeof PARAMS)[number], number> = {
    kv_heads: shape.kvHeads,
    head_dim: shape.headDim,
    half_rotary: rotaryDim / 2,
    rows,
    capacity,
    first_row: firstRow,
  };
  return Uint32Array.from(PARAMS, (name) => params[name]);
}

/** The angles of `rows` positions from `firstPosition`: `[row][rotaryDim / 2][2]`. */
export function anglesOf(
  { cosSin, rotaryDim }: RotaryTable,
  firstPosition: number,
  rows: number,
): Float32Array {
  return cosSin.subarray(firstPosition * rotaryDim, (firstPosition + rows) * rotaryDim);
}

/** Refuses buffers that are too small for what they claim to hold. */
export function checkBuffers(gpu: GpuDevice, buffers: KvBuffers): void {
  const bytes = bytesOfLayer(buffers);
  if (buffers.layers.length !== buffers.shape.layers) {
    throw new KvShapeError(
      `Got buffers for ${buffers.layers.length} layers, expected ${buffers.shape.layers}. Make one pair a layer.`,
    );
  }
  for (const { keys, values } of buffers.layers) {
    const smallest = Math.min(keys.size, values.size);
    if (smallest < bytes) {
      throw new KvShapeError(
        `Got a buffer of ${smallest} bytes, expected at least ${bytes} for ${buffers.capacity} rows. ` +
          "Make the buffers with the capacity that they state.",
      );
    }
  }
  checkBindable(gpu, "keys of a layer", bytes);
}

/** Refuses what is too large for one binding of this device. */
export function checkBindable(gpu: GpuDevice, what: string, bytes: number): void {
  const limit = gpu.device.limits.maxStorageBufferBindingSize;
  if (bytes > limit) {
    throw new KvShapeError(
      `Got ${bytes} bytes of ${what}, but a shader of this GPU sees at most ${limit}. Use fewer rows.`,
    );
  }
}
