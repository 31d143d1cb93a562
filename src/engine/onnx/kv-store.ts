/**
 * Where a decoder keeps its key/value rows between two runs of the graph. Two ways behind one interface:
 * fixed-capacity buffers that the graph updates in place, and tensors that grow with every run.
 * Row `i` stands at position `firstPosition + i`; keys in a store are rotated.
 */
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import type { KvDtype, KvShape, KvSlice } from "../../terms/kv-shape.ts";
import type { Feeds, Fetches, OnnxTensor } from "./session.ts";

export interface KvStore {
  /** Rows that are there. */
  readonly length: number;
  /** Forgets all rows. */
  clear(): void;
  /** The `past_key_values` inputs of the next run. */
  feeds(): Feeds;
  /** Where the `present` outputs of the next run go. */
  fetches(): Fetches;
  /** Takes the outputs of a run that appended `rows`. The store owns the `present` tensors from here on. */
  append(results: Readonly<Record<string, OnnxTensor>>, rows: number): void;
  /** Lays slices end to end behind the rows that are there, keys rotated to `firstPosition + length` and on. */
  place(slices: readonly KvSlice[], firstPosition: number, table: RotaryTable): Promise<void>;
  /** Forgets all rows behind the first `rows`, of which there are as many at least. */
  truncate(rows: number): void;
  /** Rows [from, to), keys un-rotated. */
  take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice>;
  dispose(): void;
}

export interface KvStoreOptions {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  /** Rows that fit. */
  readonly capacity: number;
}

/** Calls `visit` for the key and the value rows of every layer, in the order of the graph's inputs. */
export function forEachRows(layers: number, visit: (layer: number, what: "key" | "value") => void): void {
  for (let layer = 0; layer < layers; layer++) {
    visit(layer, "key");
    visit(layer, "value");
  }
}
