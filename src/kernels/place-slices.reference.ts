/**
 * What place-slices means, in plain loops over typed arrays. The shader is tested against it, and the wasm
 * backend runs it.
 */
import { checkPlace, type PlaceRequest } from "./check-shapes.ts";
import { copyElements } from "./copy-elements.ts";
import type { KvArrays } from "./kv-buffers.ts";
import { rotateRow } from "./rotate-row.ts";

/**
 * Writes stored slices end to end into `target` from row `firstRow`: keys rotated to `firstPosition`…, values
 * copied, both cast to the target's dtype. Throws KvShapeError before anything is written.
 */
export function placeSlicesReference(request: PlaceRequest<KvArrays>): void {
  checkPlace(request);
  const { target, table } = request;
  const { kvHeads, headDim } = target.shape;
  const key = new Float32Array(headDim);
  let row = request.firstRow;
  let position = request.firstPosition;
  for (const slice of request.slices) {
    for (const [layer, { keys, values }] of target.layers.entries()) {
      for (let head = 0; head < kvHeads; head++) {
        const from = (layer * kvHeads + head) * slice.tokens * headDim;
        const to = (head * target.capacity + row) * headDim;
        for (let token = 0; token < slice.tokens; token++) {
          copyElements(slice.keys, from + token * headDim, key, 0, headDim);
          rotateRow(key, table, position + token, "forward");
          copyElements(key, 0, keys, to + token * headDim, headDim);
        }
        copyElements(slice.values, from, values, to, slice.tokens * headDim);
      }
    }
    row += slice.tokens;
    position += slice.tokens;
  }
}
