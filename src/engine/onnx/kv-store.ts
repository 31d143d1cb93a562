/**
 * Where a decoder keeps what a sequence left between two runs of the graph. Key/value rows in two ways behind one
 * interface: fixed-capacity buffers that the graph updates in place, and tensors that grow with every run.
 * Row `i` stands at position `firstPosition + i`; keys in a store are rotated.
 */
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import type { KvDtype, KvShape, KvSlice } from "../../terms/kv-shape.ts";
import type { RowNames } from "./row-names.ts";
import type { Feeds, Fetches, OnnxTensor } from "./session.ts";

/** What any graph needs that remembers. */
export interface StateStore {
  /** Tokens that were run or placed. */
  readonly length: number;
  /** Forgets all. */
  clear(): void;
  /** The `past` inputs of the next run. */
  feeds(): Feeds;
  /** Where the `present` outputs of the next run go. */
  fetches(): Fetches;
  /** Takes the outputs of a run of `rows` tokens. The store owns the `present` tensors from here on. */
  append(results: Readonly<Record<string, OnnxTensor>>, rows: number): void;
  dispose(): void;
}

export interface KvStore extends StateStore {
  /** Lays slices end to end behind the rows that are there, keys rotated to `firstPosition + length` and on. */
  place(slices: readonly KvSlice[], firstPosition: number, table: RotaryTable): Promise<void>;
  /** Forgets all rows behind the first `rows`, of which there are as many at least. */
  truncate(rows: number): void;
  /** Rows [from, to), keys un-rotated. */
  take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice>;
}

export interface KvStoreOptions {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  /** Rows that fit. */
  readonly capacity: number;
  /** Of as many layers as the shape has. */
  readonly names: RowNames;
}
