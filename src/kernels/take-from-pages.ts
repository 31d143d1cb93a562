/**
 * Rows of an engine's pages -> a slice, on the GPU: keys turned back, cast. One submission, one dispatch a layer, one
 * read-back.
 */
import shader from "../../shaders/take-from-pages.wgsl?raw";
import { alignUp, readMapped, ScratchBuffers } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { type Kernel, runKernelsChecked } from "../gpu/run-kernel.ts";
import { bytesPerElement, type KvDtype, type KvSlice } from "../terms/kv-shape.ts";
import { checkTake, type TakeRequest } from "./check-shapes.ts";
import { anglesOf, checkBindable, packParams } from "./kernel-params.ts";
import { bytesOfPages, checkPages, type KvPages } from "./kv-pages.ts";
import { emptySlice, readLayers } from "./stored-rows.ts";

export const TAKE_FROM_PAGES: Kernel = {
  name: "take-from-pages",
  code: shader,
  workgroupSize: 64,
  bindings: [
    { name: "params", type: "uniform" },
    { name: "cos_sin", type: "read-only-storage" },
    { name: "pages", type: "read-only-storage" },
    { name: "taken", type: "storage" },
  ],
  constants: ["source_is_half", "taken_is_half", "adjacent_pairs"],
};

/**
 * The rows in slots [from, to) of `source` as a slice of `dtype` (default: the source's), keys turned back from the
 * positions `firstPosition`…. Sees all work submitted to the device before the call; the source stays as it is.
 * Throws KvShapeError, GpuUnavailableError when the GPU refuses the work, GpuLostError when it is lost meanwhile.
 */
export async function takeFromPages(
  gpu: GpuDevice,
  request: TakeRequest<KvPages>,
  dtype: KvDtype = request.source.dtype,
): Promise<KvSlice> {
  const tokens = checkTake(request);
  const { source, table } = request;
  checkPages(source);
  const slice = emptySlice(source.shape, dtype, tokens);
  if (tokens === 0) return slice;

  const { kvHeads, headDim, layers } = source.shape;
  const size = bytesOfPages(source);
  const half = kvHeads * tokens * headDim * bytesPerElement(dtype);
  checkBindable(gpu, "taken rows of a layer", 2 * half);
  checkBindable(gpu, "pages of a layer", size);
  // Every layer is bound at an offset of its own, and a GPU wants those aligned.
  const stride = alignUp(2 * half, gpu.device.limits.minStorageBufferOffsetAlignment);

  const scratch = new ScratchBuffers(gpu);
  try {
    const { UNIFORM, STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const params = scratch.upload("params", packParams(source, table, tokens, request.from), UNIFORM);
    const angles = scratch.upload("angles", anglesOf(table, request.firstPosition, tokens), STORAGE);
    const taken = scratch.create("taken rows", layers * stride, STORAGE | COPY_SRC);
    const mapped = scratch.create("taken rows read back", layers * stride, COPY_DST | MAP_READ);
    const runs = source.layers.map((pages, layer) => ({
      kernel: TAKE_FROM_PAGES,
      constants: {
        source_is_half: source.dtype === "float16",
        taken_is_half: dtype === "float16",
        adjacent_pairs: table.pairs === "adjacent",
      },
      buffers: {
        params: { buffer: params },
        cos_sin: { buffer: angles },
        pages: { buffer: pages, size },
        taken: { buffer: taken, offset: layer * stride, size: 2 * half },
      },
      invocations: (kvHeads * tokens * headDim) / 2,
    }));
    await runKernelsChecked(gpu, runs, (encoder) =>
      encoder.copyBufferToBuffer(taken, 0, mapped, 0, layers * stride),
    );
    await readMapped(mapped, layers * stride, (bytes) => readLayers(slice, bytes, stride));
    return slice;
  } finally {
    scratch.destroy();
  }
}
