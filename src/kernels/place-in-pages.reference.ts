/** What place-in-pages means, in plain loops over typed arrays. The shader is tested against it. */
import { checkPlace, type PlaceRequest } from "./check-shapes.ts";
import { copyElements } from "./copy-elements.ts";
import { elementOfSlot, type KvPageArrays } from "./kv-pages.ts";
import { rotateRow } from "./rotate-row.ts";

/**
 * Writes stored slices end to end into the slots of `target` from `firstRow`: keys rotated to `firstPosition`…, values
 * copied, both cast to the target's dtype. Throws KvShapeError before anything is written.
 */
export function placeInPagesReference(request: PlaceRequest<KvPageArrays>): void {
  checkPlace(request);
  const { target, table } = request;
  const { kvHeads, headDim } = target.shape;
  const key = new Float32Array(headDim);
  let slot = request.firstRow;
  let position = request.firstPosition;
  for (const slice of request.slices) {
    for (let token = 0; token < slice.tokens; token++, slot++, position++) {
      for (const [layer, pages] of target.layers.entries()) {
        for (let head = 0; head < kvHeads; head++) {
          const from = ((layer * kvHeads + head) * slice.tokens + token) * headDim;
          copyElements(slice.keys, from, key, 0, headDim);
          rotateRow(key, table, position, "forward");
          copyElements(key, 0, pages, elementOfSlot(target, "keys", head, slot), headDim);
          copyElements(slice.values, from, pages, elementOfSlot(target, "values", head, slot), headDim);
        }
      }
    }
  }
}
