/** Brings logits into ordinary memory as f32: only the rows wanted, because a prompt's logits are large. */
import type { GpuDevice } from "../../gpu/device.ts";
import { floatFromHalf } from "../../kernels/half.ts";
import { bytesPerElement, type KvDtype } from "../../terms/kv-shape.ts";
import { cpuData, type OnnxTensor } from "./session.ts";

export interface LogitsReader {
  /** The last `rows` rows of `[1, tokens, vocab]` as f32 `[rows][vocab]`. Disposes of the tensor. */
  read(logits: OnnxTensor, rows: number): Promise<Float32Array>;
  /** Disposes of the tensor, unread, and waits until it was computed: work must not pile up where it cannot be stopped. */
  discard(logits: OnnxTensor): Promise<void>;
  dispose(): void;
}

/** For outputs in ordinary memory. */
export function cpuLogits(): LogitsReader {
  return {
    async read(logits, rows) {
      const vocab = logits.dims.at(-1)!;
      const data = cpuData(logits);
      const last = toFloats(data.subarray(data.length - rows * vocab));
      logits.dispose();
      return last;
    },
    async discard(logits) {
      logits.dispose();
    },
    dispose() {},
  };
}

/** For outputs on the GPU: copies the rows wanted into a small buffer that can be mapped. */
export function gpuLogits(gpu: GpuDevice, dtype: KvDtype): LogitsReader {
  let buffer: GPUBuffer | undefined;
  const stagingOf = (bytes: number): GPUBuffer => {
    if (buffer !== undefined && buffer.size >= bytes) return buffer;
    buffer?.destroy();
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    buffer = gpu.device.createBuffer({ label: "logits", size: bytes, usage });
    return buffer;
  };
  return {
    async read(logits, rows) {
      const [, tokens, vocab] = logits.dims as [number, number, number];
      const rowBytes = vocab * bytesPerElement(dtype);
      const start = (tokens - rows) * rowBytes;
      // Copies start and end at multiples of 4 bytes; a row of halves may not.
      const lead = start % 4;
      const bytes = Math.ceil((lead + rows * rowBytes) / 4) * 4;
      const staging = stagingOf(bytes);
      const encoder = gpu.device.createCommandEncoder();
      encoder.copyBufferToBuffer(logits.gpuBuffer as GPUBuffer, start - lead, staging, 0, bytes);
      gpu.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, bytes);
      const mapped = staging.getMappedRange(0, bytes).slice(lead, lead + rows * rowBytes);
      staging.unmap();
      logits.dispose();
      return toFloats(dtype === "float32" ? new Float32Array(mapped) : new Uint16Array(mapped));
    },
    async discard(logits) {
      logits.dispose();
      await gpu.device.queue.onSubmittedWorkDone();
    },
    dispose() {
      buffer?.destroy();
    },
  };
}

/** A copy, so that the result outlives the tensor. */
function toFloats(data: Float32Array | Uint16Array): Float32Array {
  return data instanceof Float32Array ? data.slice() : Float32Array.from(data, floatFromHalf);
}
