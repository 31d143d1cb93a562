/** The control of the re-positioning tests: keys that reach the engine without rotation. */
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { takeRowsReference } from "../../src/kernels/take-rows.reference.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";

/**
 * A slice that the engine, when it rotates its keys to `firstPosition`…, turns into un-rotated keys: it is turned
 * back once more than it should be.
 */
export function leftUnrotated(
  slice: KvSlice,
  firstPosition: number,
  rotary: { readonly theta: number; readonly rotaryDim?: number },
): KvSlice {
  const { shape, dtype, tokens } = slice;
  const table = createRotaryTable({ headDim: shape.headDim, ...rotary, positions: firstPosition + tokens });
  const width = shape.kvHeads * tokens * shape.headDim;
  const layers = Array.from({ length: shape.layers }, (_, layer) => ({
    keys: slice.keys.subarray(layer * width, (layer + 1) * width),
    values: slice.values.subarray(layer * width, (layer + 1) * width),
  }));
  const source = { shape, dtype, capacity: tokens, layers };
  return takeRowsReference({ source, from: 0, to: tokens, firstPosition, table });
}
