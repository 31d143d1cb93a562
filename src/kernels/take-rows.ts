/**
 * Rows of the engine's buffers -> a slice, on the GPU: keys turned back, cast. One submission, one dispatch a
 * layer, one read-back.
 */
import shader from "../../shaders/take-rows.wgsl?raw";
import { alignUp, readMapped, ScratchBuffers } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { type Kernel, runKernelsChecked } from "../gpu/run-kernel.ts";
import { bytesPerElement, type KvDtype, type KvSlice } from "../terms/kv-shape.ts";
import { checkTake, type TakeRequest } from "./check-shapes.ts";
import { anglesOf, checkBindable, checkBuffers, packParams } from "./kernel-params.ts";
import { bytesOfLayer, type KvBuffers } from "./kv-buffers.ts";
import { emptySlice, readLayers } from "./stored-rows.ts";

export const TAKE_ROWS: Kernel = {
  name: "take-rows",
  code: shader,
  workgroupSize: 64,
  bindings: [
    { name: "params", type: "uniform" },
    { name: "cos_sin", type: "read-only-storage" },
    { name: "source_keys", type: "read-only-storage" },
    { name: "source_values", type: "read-only-storage" },
    { name: "taken", type: "storage" },
  ],
  constants: ["source_is_half", "taken_is_half", "adjacent_pairs"],
};

/**
 * Rows [from, to) of `source` as a slice of `dtype` (default: the source's), keys turned back from the positions
 * `firstPosition`…. Sees all work submitted to the device before the call; the source stays as it is.
 * Throws KvShapeError, or GpuLostError when the device is lost meanwhile.
 */
export async function takeRows(
  gpu: GpuDevice,
  request: TakeRequest<KvBuffers>,
  dtype: KvDtype = request.source.dtype,
): Promise<KvSlice> {
  const tokens = checkTake(request);
  const { source, table } = request;
  checkBuffers(gpu, source);
  const slice = emptySlice(source.shape, dtype, tokens);
  if (tokens === 0) return slice;

  const { kvHeads, headDim, layers } = source.shape;
  const half = kvHeads * tokens * headDim * bytesPerElement(dtype);
  checkBindable(gpu, "taken rows of a layer", 2 * half);
  // Every layer is bound at an offset of its own, and a GPU wants those aligned.
  const stride = alignUp(2 * half, gpu.device.limits.minStorageBufferOffsetAlignment);

  const scratch = new ScratchBuffers(gpu);
  try {
    const { UNIFORM, STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const params = scratch.upload("params", packParams(source, table, tokens, request.from), UNIFORM);
    const angles = scratch.upload("angles", anglesOf(table, request.firstPosition, tokens), STORAGE);
    const taken = scratch.create("taken rows", layers * stride, STORAGE | COPY_SRC);
    const mapped = scratch.create("taken rows read back", layers * stride, COPY_DST | MAP_READ);
    const size = bytesOfLayer(source);
    const runs = source.layers.map(({ keys, values }, layer) => ({
      kernel: TAKE_ROWS,
      constants: {
        source_is_half: source.dtype === "float16",
        taken_is_half: dtype === "float16",
        adjacent_pairs: table.pairs === "adjacent",
      },
      buffers: {
        params: { buffer: params },
        cos_sin: { buffer: angles },
        source_keys: { buffer: keys, size },
        source_values: { buffer: values, size },
        taken: { buffer: taken, offset: layer * stride, size: 2 * half },
      },
      invocations: (kvHeads * tokens * headDim) / 2,
    }));
    // Unchecked, a refused command would read back as zeros.
    await runKernelsChecked(gpu, runs, (encoder) =>
      encoder.copyBufferToBuffer(taken, 0, mapped, 0, layers * stride),
    );
    await readMapped(mapped, layers * stride, (bytes) => readLayers(slice, bytes, stride));
    return slice;
  } finally {
    scratch.destroy();
  }
}
