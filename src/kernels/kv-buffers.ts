/**
 * Where an engine keeps the key/value rows of its sequence: fixed-capacity buffers on the GPU, or typed arrays
 * of the same layout. Keys here carry their rotary position.
 */
import { createBuffer } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { bytesPerElement, type KvDtype, type KvShape } from "../terms/kv-shape.ts";

/** What both kinds share. `capacity` = rows that fit. */
export interface KvLayout {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly capacity: number;
}

/** Each buffer: `[kv_head][capacity][dim]` of `dtype`, usage STORAGE | COPY_SRC | COPY_DST. */
export interface KvBuffers extends KvLayout {
  readonly layers: readonly { readonly keys: GPUBuffer; readonly values: GPUBuffer }[];
}

/** Each array: `[kv_head][capacity][dim]`; `float16` as raw bit patterns. */
export interface KvArrays extends KvLayout {
  readonly layers: readonly {
    readonly keys: Float32Array | Uint16Array;
    readonly values: Float32Array | Uint16Array;
  }[];
}

/** Elements of the keys (or the values) of one layer. */
export function elementsOfLayer({ shape, capacity }: KvLayout): number {
  return shape.kvHeads * capacity * shape.headDim;
}

/** Bytes of the keys (or the values) of one layer. */
export function bytesOfLayer(layout: KvLayout): number {
  return elementsOfLayer(layout) * bytesPerElement(layout.dtype);
}

/** Zero-filled buffers. The caller owns them: `destroyKvBuffers` ends them. */
export function createKvBuffers(gpu: GpuDevice, layout: KvLayout): KvBuffers {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  // onnxruntime takes a foreign buffer as a tensor only when its size is a multiple of 16 bytes.
  const bytes = Math.ceil(bytesOfLayer(layout) / 16) * 16;
  const layers = Array.from({ length: layout.shape.layers }, (_, layer) => ({
    keys: createBuffer(gpu, `keys of layer ${layer}`, bytes, usage),
    values: createBuffer(gpu, `values of layer ${layer}`, bytes, usage),
  }));
  return { ...layout, layers };
}

export function destroyKvBuffers(buffers: KvBuffers): void {
  for (const { keys, values } of buffers.layers) {
    keys.destroy();
    values.destroy();
  }
}

/** Zero-filled arrays. */
export function createKvArrays(layout: KvLayout): KvArrays {
  const elements = elementsOfLayer(layout);
  const make = () => (layout.dtype === "float32" ? new Float32Array(elements) : new Uint16Array(elements));
  const layers = Array.from({ length: layout.shape.layers }, () => ({ keys: make(), values: make() }));
  return { ...layout, layers };
}
