/** Pages of a cache on a GPU of the test's own. */
import { bytesOfArray, createBuffer, readBack } from "../../src/gpu/buffers.ts";
import type { GpuDevice } from "../../src/gpu/device.ts";
import type { KvPageArrays, KvPages } from "../../src/kernels/kv-pages.ts";

export function uploadPages(gpu: GpuDevice, arrays: KvPageArrays): KvPages {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const layers = arrays.layers.map((elements, layer) =>
    createBuffer(gpu, `pages of layer ${layer}`, elements.byteLength, usage, (bytes) =>
      bytes.set(bytesOfArray(elements)),
    ),
  );
  return { ...arrays, layers };
}

export async function downloadPages(gpu: GpuDevice, pages: KvPages): Promise<KvPageArrays> {
  const elementsOf = ({ buffer }: Uint8Array) =>
    pages.dtype === "float32" ? new Float32Array(buffer) : new Uint16Array(buffer);
  const layers = await Promise.all(
    pages.layers.map(async (buffer) => elementsOf(await readBack(gpu, buffer, buffer.size))),
  );
  return { ...pages, layers };
}
