/** What take-from-pages means, in plain loops over typed arrays. The shader is tested against it. */
import type { KvDtype, KvSlice } from "../terms/kv-shape.ts";
import { checkTake, type TakeRequest } from "./check-shapes.ts";
import { copyElements } from "./copy-elements.ts";
import { elementOfSlot, type KvPageArrays } from "./kv-pages.ts";
import { rotateRow } from "./rotate-row.ts";
import { emptySlice } from "./stored-rows.ts";

/**
 * The rows in slots [from, to) of `source` as a slice of `dtype` (default: the source's), keys turned back from the
 * positions `firstPosition`…. Throws KvShapeError.
 */
export function takeFromPagesReference(
  request: TakeRequest<KvPageArrays>,
  dtype: KvDtype = request.source.dtype,
): KvSlice {
  const tokens = checkTake(request);
  const { source, from: firstSlot, firstPosition, table } = request;
  const { kvHeads, headDim } = source.shape;
  const slice = emptySlice(source.shape, dtype, tokens);
  const key = new Float32Array(headDim);
  for (const [layer, pages] of source.layers.entries()) {
    for (let head = 0; head < kvHeads; head++) {
      for (let token = 0; token < tokens; token++) {
        const slot = firstSlot + token;
        const to = ((layer * kvHeads + head) * tokens + token) * headDim;
        copyElements(pages, elementOfSlot(source, "keys", head, slot), key, 0, headDim);
        rotateRow(key, table, firstPosition + token, "back");
        copyElements(key, 0, slice.keys, to, headDim);
        copyElements(pages, elementOfSlot(source, "values", head, slot), slice.values, to, headDim);
      }
    }
  }
  return slice;
}
