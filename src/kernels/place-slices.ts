/**
 * Stored slices -> the engine's buffers, on the GPU: gathered, keys rotated, cast. One submission, one dispatch
 * a layer. The rows are uploaded once, as they are stored; the kernel writes straight into the target.
 */
import shader from "../../shaders/place-slices.wgsl?raw";
import { bytesOfArray, ScratchBuffers } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { type Kernel, runKernels } from "../gpu/run-kernel.ts";
import { bytesPerElement, type KvSlice } from "../terms/kv-shape.ts";
import { checkPlace, type PlaceRequest } from "./check-shapes.ts";
import { anglesOf, checkBindable, checkBuffers, packParams } from "./kernel-params.ts";
import { bytesOfLayer, type KvBuffers } from "./kv-buffers.ts";

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
  constants: ["stored_is_half", "target_is_half"],
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
    const rowStarts = scratch.upload("rows", rowsOf(slices, kvHeads, headDim), STORAGE);
    const angles = scratch.upload("angles", anglesOf(table, firstPosition, rows), STORAGE);
    const size = bytesOfLayer(target);
    const runs = Array.from({ length: layers }, (_, layer) => {
      const stored = scratch.create(`stored rows of layer ${layer}`, storedBytes, STORAGE, (bytes) =>
        writeLayer(bytes, slices, layer),
      );
      return {
        kernel: PLACE_SLICES,
        constants: { stored_is_half: dtype === "float16", target_is_half: target.dtype === "float16" },
        buffers: {
          params: { buffer: params },
          rows: { buffer: rowStarts },
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

/** `[row][2]`: where the row's keys of head 0 start among the stored elements of a layer, tokens of its slice. */
function rowsOf(slices: readonly KvSlice[], kvHeads: number, headDim: number): Uint32Array {
  const rows: number[] = [];
  let start = 0;
  for (const { tokens } of slices) {
    for (let token = 0; token < tokens; token++) rows.push(start + token * headDim, tokens);
    start += kvHeads * tokens * headDim;
  }
  return Uint32Array.from(rows);
}

/** One layer of every slice: all keys, then all values, each `[slice][kv_head][token][dim]`. */
function writeLayer(bytes: Uint8Array, slices: readonly KvSlice[], layer: number): void {
  let at = 0;
  for (const what of ["keys", "values"] as const) {
    for (const slice of slices) {
      const perLayer = slice[what].length / slice.shape.layers;
      const part = bytesOfArray(slice[what].subarray(layer * perLayer, (layer + 1) * perLayer));
      bytes.set(part, at);
      at += part.length;
    }
  }
}
