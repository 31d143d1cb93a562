/** Rows as slices store them, on their way to a kernel and back: the layout that shaders of one kind share. */
import { bytesOfArray } from "../gpu/buffers.ts";
import { elementsOf, type KvDtype, type KvShape, type KvSlice } from "../terms/kv-shape.ts";

/** `[row][2]`: where the row's keys of head 0 start among the stored elements of a layer, tokens of its slice. */
export function rowStarts(slices: readonly KvSlice[], { kvHeads, headDim }: KvShape): Uint32Array {
  const rows: number[] = [];
  let start = 0;
  for (const { tokens } of slices) {
    for (let token = 0; token < tokens; token++) rows.push(start + token * headDim, tokens);
    start += kvHeads * tokens * headDim;
  }
  return Uint32Array.from(rows);
}

/** One layer of every slice: all keys, then all values, each `[slice][kv_head][token][dim]`. */
export function writeLayer(bytes: Uint8Array, slices: readonly KvSlice[], layer: number): void {
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

/** A slice of zeros. */
export function emptySlice(shape: KvShape, dtype: KvDtype, tokens: number): KvSlice {
  const elements = elementsOf(shape, tokens);
  const make = () => (dtype === "float32" ? new Float32Array(elements) : new Uint16Array(elements));
  return { shape, dtype, tokens, keys: make(), values: make() };
}

/** Fills a slice from its layers, `stride` bytes apart, each all keys and then all values. */
export function readLayers(slice: KvSlice, bytes: Uint8Array, stride: number): void {
  const { keys, values, shape } = slice;
  const half = keys.byteLength / shape.layers;
  for (let layer = 0; layer < shape.layers; layer++) {
    const at = layer * stride;
    bytesOfArray(keys).set(bytes.subarray(at, at + half), layer * half);
    bytesOfArray(values).set(bytes.subarray(at + half, at + 2 * half), layer * half);
  }
}
