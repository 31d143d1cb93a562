/**
 * GPU buffers: making, filling and reading them.
 * Who makes a buffer owns it and destroys it. A buffer that lives for one call is made through
 * `ScratchBuffers`, which destroys all of its own at the end; the GPU still finishes work submitted before.
 */
import { GpuLostError, GpuUnavailableError, messageOf } from "../terms/errors.ts";
import type { GpuDevice } from "./device.ts";

/** WebGPU wants buffer sizes and mapped ranges in multiples of this many bytes. */
const GRANULE = 4;

/** The next multiple of `unit` that is at least `bytes`. */
export function alignUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

/**
 * A zero-filled buffer of at least `bytes` bytes; with `fill`, holds what `fill` writes at creation.
 * Throws GpuUnavailableError when the device refuses the size.
 */
export function createBuffer(
  gpu: GpuDevice,
  label: string,
  bytes: number,
  usage: GPUBufferUsageFlags,
  fill?: (bytes: Uint8Array) => void,
): GPUBuffer {
  const size = Math.max(alignUp(bytes, GRANULE), GRANULE);
  const limit = gpu.device.limits.maxBufferSize;
  if (size > limit) {
    throw new GpuUnavailableError(
      `The buffer "${label}" needs ${size} bytes; this GPU allows ${limit}. Use fewer rows or a smaller model.`,
    );
  }
  try {
    const buffer = gpu.device.createBuffer({ label, size, usage, mappedAtCreation: fill !== undefined });
    if (fill !== undefined) {
      fill(new Uint8Array(buffer.getMappedRange()));
      buffer.unmap();
    }
    return buffer;
  } catch (error) {
    throw new GpuUnavailableError(
      `The GPU gave no buffer of ${size} bytes for "${label}": ${messageOf(error)}. ` +
        "Close other pages that use the GPU, or use a smaller model.",
    );
  }
}

/** The bytes behind a typed array, without copying them. */
export function bytesOfArray(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Buffers that live for one call. */
export class ScratchBuffers {
  readonly #gpu: GpuDevice;
  readonly #buffers: GPUBuffer[] = [];

  constructor(gpu: GpuDevice) {
    this.#gpu = gpu;
  }

  create(
    label: string,
    bytes: number,
    usage: GPUBufferUsageFlags,
    fill?: (bytes: Uint8Array) => void,
  ): GPUBuffer {
    const buffer = createBuffer(this.#gpu, label, bytes, usage, fill);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** A buffer that holds the bytes of `data`. */
  upload(label: string, data: ArrayBufferView, usage: GPUBufferUsageFlags): GPUBuffer {
    return this.create(label, data.byteLength, usage, (bytes) => bytes.set(bytesOfArray(data)));
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#buffers.length = 0;
  }
}

/**
 * Waits for the GPU and gives `use` the first `bytes` bytes of a MAP_READ buffer; they are gone after the call.
 * Throws GpuLostError when the device is lost meanwhile.
 */
export async function readMapped<T>(
  buffer: GPUBuffer,
  bytes: number,
  use: (bytes: Uint8Array) => T,
): Promise<T> {
  const size = alignUp(bytes, GRANULE);
  try {
    await buffer.mapAsync(GPUMapMode.READ, 0, size);
  } catch (error) {
    throw new GpuLostError(
      `The GPU was lost while "${buffer.label}" was read back: ${messageOf(error)}. Load the model again.`,
    );
  }
  const result = use(new Uint8Array(buffer.getMappedRange(0, size), 0, bytes));
  buffer.unmap();
  return result;
}

/** A copy of the first `bytes` bytes of a COPY_SRC buffer. */
export async function readBack(gpu: GpuDevice, buffer: GPUBuffer, bytes: number): Promise<Uint8Array> {
  const scratch = new ScratchBuffers(gpu);
  try {
    const size = alignUp(bytes, GRANULE);
    const mapped = scratch.create(
      `${buffer.label} read back`,
      size,
      GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    );
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, mapped, 0, size);
    gpu.device.queue.submit([encoder.finish()]);
    return await readMapped(mapped, bytes, (view) => view.slice());
  } finally {
    scratch.destroy();
  }
}
