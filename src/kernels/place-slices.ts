/**
 * Stored slices -> the engine's buffers, on the GPU: gathered, keys rotated, cast. One submission, one dispatch
 * a layer. The rows are uploaded once, as they are stored; the kernel writes straight into the target.
 */
import shader from "../../shaders/place-slices.wgsl?raw";
import { ScratchBuffers } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { type Kernel, runKernels } from "../gpu/run-kernel.ts";
import { bytesPerElement } from "../terms/kv-shape.ts";
import { checkPlace, type PlaceRequest } from "./check-shapes.ts";
import { anglesOf, checkBindable, checkBuffers, packParams } from "./kernel-params.ts";
import { bytesOfLayer, type KvBuffers } from "./kv-buffers.ts";
import { rowStarts, writeLayer } from "./stored-rows.ts";

export const PLACE_SLICES: Kernel = {
  name: "place-slices",
  code: shader,
  workgroupSize: 64,
  bindings: [
    { name: "params", type: "uniform" },
    { name: "rows", type: "read-only-storage" },
    { name: "cos_sin", type: "read-only-storage" },
    { name: "stored", type: "read-only-storage" },
    { name: "target_keys", type: "storage" },
    { name: "target_values", type: "storage" },
  ],
  constants: ["stored_is_half", "target_is_half", "adjacent_pairs"],
};

/**
 * Writes stored slices end to end into `target` from row `firstRow`: keys rotated to `firstPosition`…, values
 * copied, both cast to the target's dtype. Other rows stay as they are. Returns when the work is submitted:
 * whatever is submitted to the same device afterwards sees it done.
 * Throws KvShapeError before anything is written. The caller keeps the target's buffers.
 */
export function placeSlices(gpu: GpuDevice, request: PlaceRequest<KvBuffers>): void {
  const rows = checkPlace(request);
  const { target, table, firstRow, firstPosition } = request;
  checkBuffers(gpu, target);
  const slices = request.slices.filter(({ tokens }) => tokens > 0);
  const dtype = slices[0]?.dtype;
  if (dtype === undefined) return;

  const { kvHeads, headDim, layers } = target.shape;
  const storedBytes = 2 * kvHeads * rows * headDim * bytesPerElement(dtype);
  checkBindable(gpu, "stored rows of a layer", storedBytes);

  const scratch = new ScratchBuffers(gpu);
  try {
    const { UNIFORM, STORAGE } = GPUBufferUsage;
    const params = scratch.upload("params", packParams(target, table, rows, firstRow), UNIFORM);
    const starts = scratch.upload("rows", rowStarts(slices, target.shape), STORAGE);
    const angles = scratch.upload("angles", anglesOf(table, firstPosition, rows), STORAGE);
    const size = bytesOfLayer(target);
    const runs = Array.from({ length: layers }, (_, layer) => {
      const stored = scratch.create(`stored rows of layer ${layer}`, storedBytes, STORAGE, (bytes) =>
        writeLayer(bytes, slices, layer),
      );
      return {
        kernel: PLACE_SLICES,
        constants: {
          stored_is_half: dtype === "float16",
          target_is_half: target.dtype === "float16",
          adjacent_pairs: table.pairs === "adjacent",
        },
        buffers: {
          params: { buffer: params },
          rows: { buffer: starts },
          cos_sin: { buffer: angles },
          stored: { buffer: stored },
          target_keys: { buffer: target.layers[layer]!.keys, size },
          target_values: { buffer: target.layers[layer]!.values, size },
        },
        invocations: (kvHeads * rows * headDim) / 2,
      };
    });
    runKernels(gpu, runs);
  } finally {
    scratch.destroy();
  }
}
