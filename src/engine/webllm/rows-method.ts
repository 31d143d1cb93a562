/** A way to lay rows into WebLLM's cache and to read them back. Several exist, and each proves itself before it is used. */
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import type { Bridge } from "./bridge.ts";
import type { RowGeometry } from "./geometry.ts";

/**
 * `pages`: our kernels on the engine's pages. `checkpoint`: our kernels on tensors that the library itself imports.
 * `fused`: through the engine's own attention.
 */
export type RowsMethodName = "pages" | "checkpoint" | "fused";

export interface RowsMethod {
  readonly name: RowsMethodName;
  /** Appends slices end to end, keys rotated to their positions. All work is submitted before it first waits. */
  place(slices: readonly KvSlice[]): Promise<void>;
  /** Rows [from, to), keys un-rotated. */
  take(from: number, to: number): Promise<KvSlice>;
}

/** What a method works with. */
export interface RowsParts {
  readonly bridge: Bridge;
  readonly geometry: RowGeometry;
  /** Of the keys that lie in the cache: of one that keeps them un-rotated, a table that turns nothing. */
  readonly table: RotaryTable;
}
