/**
 * The geometry of key/value rows and the arithmetic on it. Everything that touches rows uses these names
 * and this one layout: `[layer][kv_head][token][dim]`, row-major, keys and values in arrays of their own.
 */
import { KvShapeError, LayoutMismatchError } from "./errors.ts";

/** One row of a layer holds `kvHeads * headDim` elements for keys and as many for values. */
export interface KvShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Of a model whose rows cannot be taken out. */
export const NO_ROWS: KvShape = { layers: 0, kvHeads: 0, headDim: 0 };

/** How elements are stored. `float16` is held as raw 16-bit patterns, for engines without a 16-bit array type. */
export type KvDtype = "float32" | "float16";

/**
 * The key/value rows of a log's selected tokens, without rotary position.
 * `keys` and `values`: `[layer][kv_head][token][dim]`, `layers * kvHeads * tokens * headDim` elements each.
 */
export interface KvSlice {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly tokens: number;
  readonly keys: Float32Array | Uint16Array;
  readonly values: Float32Array | Uint16Array;
  /** Hash of the sink that it was encoded behind. Absent: behind nothing. */
  readonly sink?: string;
}

/** Rows of slices, or of logs, laid end to end. */
export function rowsOf(parts: readonly { readonly tokens: number }[]): number {
  return parts.reduce((sum, { tokens }) => sum + tokens, 0);
}

/** Elements of one of the two arrays of a slice of `tokens` rows. */
export function elementsOf(shape: KvShape, tokens: number): number {
  return shape.layers * shape.kvHeads * tokens * shape.headDim;
}

export function bytesPerElement(dtype: KvDtype): number {
  return dtype === "float32" ? 4 : 2;
}

/** Bytes of keys and values of a slice of `tokens` rows. */
export function bytesOf(shape: KvShape, dtype: KvDtype, tokens: number): number {
  return 2 * elementsOf(shape, tokens) * bytesPerElement(dtype);
}

export function sameShape(a: KvShape, b: KvShape): boolean {
  return a.layers === b.layers && a.kvHeads === b.kvHeads && a.headDim === b.headDim;
}

export function describeShape(shape: KvShape): string {
  return `${shape.layers} layers x ${shape.kvHeads} KV heads x head size ${shape.headDim}`;
}

/** Refuses a slice that was encoded behind another sink than `sink`, by whose hash it is named; undefined: none. */
export function checkSink(slice: KvSlice, sink: string | undefined): void {
  if (slice.sink === sink) return;
  const named = (hash: string | undefined) => (hash === undefined ? "no sink" : `the sink ${hash}`);
  throw new LayoutMismatchError(
    `A slice that was encoded behind ${named(slice.sink)} was to be put behind ${named(sink)}. ` +
      "Encode the log again for this placement.",
  );
}

/** Refuses a slice whose shape, dtype or array lengths are not what the model needs. */
export function checkSlice(slice: KvSlice, shape: KvShape, dtype: KvDtype): void {
  if (!sameShape(slice.shape, shape)) {
    throw new KvShapeError(
      `A slice of ${describeShape(slice.shape)} was given to a model of ${describeShape(shape)}. ` +
        "Encode the log again with this model.",
    );
  }
  if (slice.dtype !== dtype) {
    throw new KvShapeError(
      `A slice of ${slice.dtype} was given to a model that keeps ${dtype} rows. Encode the log again with this model.`,
    );
  }
  const expected = elementsOf(shape, slice.tokens);
  for (const [what, array] of [
    ["keys", slice.keys],
    ["values", slice.values],
  ] as const) {
    if (array.length !== expected) {
      throw new KvShapeError(
        `A slice of ${slice.tokens} tokens has ${array.length} elements of ${what}; ` +
          `${describeShape(shape)} needs ${expected}. The record is damaged: delete the log.`,
      );
    }
  }
}
