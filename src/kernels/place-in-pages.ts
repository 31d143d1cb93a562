/**
 * Stored slices -> the pages of an engine with a paged cache, on the GPU: gathered, keys rotated, cast. One submission,
 * one dispatch a layer. The rows are uploaded once, as they are stored; the kernel writes straight into the pages.
 */
import shader from "../../shaders/place-in-pages.wgsl?raw";
import { ScratchBuffers } from "../gpu/buffers.ts";
import type { GpuDevice } from "../gpu/device.ts";
import { type Kernel, runKernelsChecked } from "../gpu/run-kernel.ts";
import { bytesPerElement } from "../terms/kv-shape.ts";
import { checkPlace, type PlaceRequest } from "./check-shapes.ts";
import { anglesOf, checkBindable, packParams } from "./kernel-params.ts";
import { bytesOfPages, checkPages, type KvPages } from "./kv-pages.ts";
import { rowStarts, writeLayer } from "./stored-rows.ts";

export const PLACE_IN_PAGES: Kernel = {
  name: "place-in-pages",
  code: shader,
  workgroupSize: 64,
  bindings: [
    { name: "params", type: "uniform" },
    { name: "rows", type: "read-only-storage" },
    { name: "cos_sin", type: "read-only-storage" },
    { name: "stored", type: "read-only-storage" },
    { name: "pages", type: "storage" },
  ],
  constants: ["stored_is_half", "target_is_half", "adjacent_pairs"],
};

/**
 * Writes stored slices end to end into the slots of `target` from `firstRow`: keys rotated to `firstPosition`…, values
 * copied, both cast to the target's dtype. Other slots stay as they are. Whatever is submitted to the same device after
 * the call began sees the rows; it returns with the GPU's verdict, since the pages are another library's.
 * Throws KvShapeError before anything is written, GpuUnavailableError when the GPU refuses the work.
 */
export async function placeInPages(gpu: GpuDevice, request: PlaceRequest<KvPages>): Promise<void> {
  const rows = checkPlace(request);
  const { target, table, firstRow, firstPosition } = request;
  checkPages(target);
  const slices = request.slices.filter(({ tokens }) => tokens > 0);
  const dtype = slices[0]?.dtype;
  if (dtype === undefined) return;

  const { kvHeads, headDim, layers } = target.shape;
  const size = bytesOfPages(target);
  const storedBytes = 2 * kvHeads * rows * headDim * bytesPerElement(dtype);
  checkBindable(gpu, "stored rows of a layer", storedBytes);
  checkBindable(gpu, "pages of a layer", size);

  const scratch = new ScratchBuffers(gpu);
  try {
    const { UNIFORM, STORAGE } = GPUBufferUsage;
    const params = scratch.upload("params", packParams(target, table, rows, firstRow), UNIFORM);
    const starts = scratch.upload("rows", rowStarts(slices, target.shape), STORAGE);
    const angles = scratch.upload("angles", anglesOf(table, firstPosition, rows), STORAGE);
    const runs = Array.from({ length: layers }, (_, layer) => {
      const stored = scratch.create(`stored rows of layer ${layer}`, storedBytes, STORAGE, (bytes) =>
        writeLayer(bytes, slices, layer),
      );
      return {
        kernel: PLACE_IN_PAGES,
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
          pages: { buffer: target.layers[layer]!, size },
        },
        invocations: (kvHeads * rows * headDim) / 2,
      };
    });
    await runKernelsChecked(gpu, runs);
  } finally {
    scratch.destroy();
  }
}
