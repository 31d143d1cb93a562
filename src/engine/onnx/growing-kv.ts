/**
 * Rows in ordinary memory that grow: each run hands back all rows as new tensors, which are the next run's
 * past. The wasm backend keeps its rows so; placing and taking go through the CPU reference of the kernels.
 */
import { createKvArrays, type KvArrays } from "../../kernels/kv-buffers.ts";
import { placeSlicesReference } from "../../kernels/place-slices.reference.ts";
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import { takeRowsReference } from "../../kernels/take-rows.reference.ts";
import { type KvSlice, rowsOf } from "../../terms/kv-shape.ts";
import { GrownTensors } from "./grown-tensors.ts";
import type { KvStore, KvStoreOptions } from "./kv-store.ts";
import { cpuData, cpuTensor, type Feeds, type Fetches, type OnnxTensor } from "./session.ts";

export class GrowingKv implements KvStore {
  length = 0;
  private readonly options: KvStoreOptions;
  private readonly tensors: GrownTensors;

  constructor(options: KvStoreOptions) {
    this.options = options;
    this.tensors = new GrownTensors(options.names);
    this.clear();
  }

  clear(): void {
    this.replace(createKvArrays({ ...this.options, capacity: 0 }));
  }

  feeds(): Feeds {
    return this.tensors.feeds;
  }

  fetches(): Fetches {
    return this.tensors.fetches;
  }

  append(results: Readonly<Record<string, OnnxTensor>>, rows: number): void {
    this.tensors.append(results);
    this.length += rows;
  }

  async place(slices: readonly KvSlice[], firstPosition: number, table: RotaryTable): Promise<void> {
    if (rowsOf(slices) === 0) return;
    const firstRow = this.length;
    const target = createKvArrays({ ...this.options, capacity: firstRow + rowsOf(slices) });
    copyRows(this.view(), target, firstRow);
    placeSlicesReference({ slices, target, firstRow, firstPosition: firstPosition + firstRow, table });
    this.replace(target);
  }

  truncate(rows: number): void {
    const target = createKvArrays({ ...this.options, capacity: rows });
    copyRows(this.view(), target, rows);
    this.replace(target);
  }

  async take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice> {
    return takeRowsReference({ source: this.view(), from, to, firstPosition: firstPosition + from, table });
  }

  dispose(): void {
    this.tensors.dispose();
  }

  /** The rows that are there, without a copy. */
  private view(): KvArrays {
    const { shape, dtype } = this.options;
    const layers = Array.from({ length: shape.layers }, (_, layer) => ({
      keys: cpuData(this.tensors.get(layer, "key")),
      values: cpuData(this.tensors.get(layer, "value")),
    }));
    return { shape, dtype, capacity: this.length, layers };
  }

  private replace({ shape, dtype, capacity, layers }: KvArrays): void {
    const dims = [1, shape.kvHeads, capacity, shape.headDim];
    this.tensors.replace((layer, what) => {
      const { keys, values } = layers[layer]!;
      return cpuTensor(dtype, what === "key" ? keys : values, dims);
    });
    this.length = capacity;
  }
}

function copyRows(from: KvArrays, to: KvArrays, rows: number): void {
  const { kvHeads, headDim } = from.shape;
  for (const [layer, source] of from.layers.entries()) {
    for (const what of ["keys", "values"] as const) {
      for (let head = 0; head < kvHeads; head++) {
        const start = head * from.capacity * headDim;
        const part = source[what].subarray(start, start + rows * headDim);
        (to.layers[layer]![what] as Float32Array).set(part as Float32Array, head * to.capacity * headDim);
      }
    }
  }
}
