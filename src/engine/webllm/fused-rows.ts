/**
 * Method `fused`: rows go through the engine's own attention, with queries of zeros, and it turns the keys and lays them
 * where they belong; they are read as it gathers them itself. Needs no page and none of our kernels, and wastes an
 * attention of all rows over each other. It is also the yardstick of the others: its rotation is the engine's own.
 */
import { bytesOfArray } from "../../gpu/buffers.ts";
import { copyElements } from "../../kernels/copy-elements.ts";
import { rotateRow } from "../../kernels/rotate-row.ts";
import { emptySlice } from "../../kernels/stored-rows.ts";
import { type KvSlice, rowsOf } from "../../terms/kv-shape.ts";
import type { RowsMethod, RowsParts } from "./rows-method.ts";

export function createFusedRows({ bridge, geometry, table }: RowsParts): RowsMethod {
  const { shape, dtype, heads } = geometry;
  const { layers, kvHeads, headDim } = shape;
  const arrayOf = (elements: number) =>
    dtype === "float32" ? new Float32Array(elements) : new Uint16Array(elements);

  /** `[token][heads + 2 * kvHeads][dim]` of a layer. */
  function fusedRows(slices: readonly KvSlice[], layer: number, from: number, count: number) {
    const width = (heads + 2 * kvHeads) * headDim;
    const fused = arrayOf(count * width);
    let row = 0;
    for (const slice of slices) {
      for (let token = 0; token < slice.tokens; token++, row++) {
        if (row < from || row >= from + count) continue;
        for (let head = 0; head < kvHeads; head++) {
          const at = ((layer * kvHeads + head) * slice.tokens + token) * headDim;
          const to = (row - from) * width + (heads + head) * headDim;
          copyElements(slice.keys, at, fused, to, headDim);
          copyElements(slice.values, at, fused, to + kvHeads * headDim, headDim);
        }
      }
    }
    return bytesOfArray(fused) as Uint8Array<ArrayBuffer>;
  }

  return {
    name: "fused",
    async place(slices) {
      bridge.append(rowsOf(slices), { dtype, layers, heads, kvHeads, headDim }, (layer, from, count) =>
        fusedRows(slices, layer, from, count),
      );
    },
    async take(from, to) {
      const tokens = to - from;
      const raw = await bridge.readRows(dtype, [layers, kvHeads, headDim], from, to);
      const slice = emptySlice(shape, dtype, tokens);
      const key = new Float32Array(headDim);
      for (const what of ["keys", "values"] as const) {
        const bytes = raw[what].slice();
        const rows = dtype === "float32" ? new Float32Array(bytes.buffer) : new Uint16Array(bytes.buffer);
        for (let row = 0; row < layers * tokens * kvHeads; row++) {
          const [layer, token] = [Math.floor(row / (tokens * kvHeads)), Math.floor(row / kvHeads) % tokens];
          const to = ((layer * kvHeads + (row % kvHeads)) * tokens + token) * headDim;
          if (what === "values") copyElements(rows, row * headDim, slice.values, to, headDim);
          else {
            copyElements(rows, row * headDim, key, 0, headDim);
            rotateRow(key, table, from + token, "back");
            copyElements(key, 0, slice.keys, to, headDim);
          }
        }
      }
      return slice;
    },
  };
}
