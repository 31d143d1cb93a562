/**
 * What take-rows means, in plain loops over typed arrays. The shader is tested against it, and the wasm backend
 * runs it.
 */
import type { KvDtype, KvSlice } from "../terms/kv-shape.ts";
import { checkTake, type TakeRequest } from "./check-shapes.ts";
import { copyElements } from "./copy-elements.ts";
import type { KvArrays } from "./kv-buffers.ts";
import { rotateRow } from "./rotate-row.ts";
import { emptySlice } from "./stored-rows.ts";

/**
 * Rows [from, to) of `source` as a slice of `dtype` (default: the source's), keys turned back from the positions
 * `firstPosition`…. Throws KvShapeError.
 */
export function takeRowsReference(
  request: TakeRequest<KvArrays>,
  dtype: KvDtype = request.source.dtype,
): KvSlice {
  const tokens = checkTake(request);
  const { source, from: firstRow, firstPosition, table } = request;
  const { shape, capacity } = source;
  const { kvHeads, headDim } = shape;
  const slice = emptySlice(shape, dtype, tokens);
  const key = new Float32Array(headDim);
  for (const [layer, { keys, values }] of source.layers.entries()) {
    for (let head = 0; head < kvHeads; head++) {
      const from = (head * capacity + firstRow) * headDim;
      const to = (layer * kvHeads + head) * tokens * headDim;
      for (let token = 0; token < tokens; token++) {
        copyElements(keys, from + token * headDim, key, 0, headDim);
        rotateRow(key, table, firstPosition + token, "back");
        copyElements(key, 0, slice.keys, to + token * headDim, headDim);
      }
      copyElements(values, from, slice.values, to, tokens * headDim);
    }
  }
  return slice;
}
