/**
 * Rows in ordinary memory that grow: each run hands back all rows as new tensors, which are the next run's
 * past. The wasm backend keeps its rows so; placing and taking go through the CPU reference of the kernels.
 */
import { createKvArrays, type KvArrays } from "../../kernels/kv-buffers.ts";
import { placeSlicesReference } from "../../kernels/place-slices.reference.ts";
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import { takeRowsReference } from "../../kernels/take-rows.reference.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import { pastName, presentName } from "./graph.ts";
import { forEachRows, type KvStore, type KvStoreOptions } from "./kv-store.ts";
import { cpuData, cpuTensor, type Feeds, type Fetches, type OnnxTensor } from "./session.ts";

export class GrowingKv implements KvStore {
  length = 0;
  private readonly options: KvStoreOptions;
  private past: Record<string, OnnxTensor> = {};

  constructor(options: KvStoreOptions) {
    this.options = options;
    this.clear();
  }

  clear(): void {
    this.replace(this.arrays(0), 0);
  }

  feeds(): Feeds {
    return this.past;
  }

  fetches(): Fetches {
    const out: Record<string, null> = {};
    forEachRows(this.options.shape.layers, (layer, what) => {
      out[presentName(layer, what)] = null;
    });
    return out;
  }

  append(results: Readonly<Record<string, OnnxTensor>>, rows: number): void {
    this.release();
    forEachRows(this.options.shape.layers, (layer, what) => {
      this.past[pastName(layer, what)] = results[presentName(layer, what)]!;
    });
    this.length += rows;
  }

  async place(slices: readonly KvSlice[], firstPosition: number, table: RotaryTable): Promise<void> {
    const rows = slices.reduce((sum, slice) => sum + slice.tokens, 0);
    const before = this.view();
    const target = this.arrays(this.length + rows);
    copyRows(before, target, this.length);
    placeSlicesReference({
      slices,
      target,
      firstRow: this.length,
      firstPosition: firstPosition + this.length,
      table,
    });
    this.replace(target, this.length + rows);
  }

  async take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice> {
    return takeRowsReference({
      source: this.view(),
      from,
      to,
      firstPosition: firstPosition + from,
      table,
    });
  }

  dispose(): void {
    this.release();
  }

  private arrays(capacity: number): KvArrays {
    return createKvArrays({ ...this.options, capacity });
  }

  /** The rows that are there, without a copy. */
  private view(): KvArrays {
    const { shape, dtype } = this.options;
    const layers = Array.from({ length: shape.layers }, (_, layer) => ({
      keys: cpuData(this.past[pastName(layer, "key")]!),
      values: cpuData(this.past[pastName(layer, "value")]!),
    }));
    return { shape, dtype, capacity: this.length, layers };
  }

  private replace(rows: KvArrays, length: number): void {
    const { shape, dtype } = this.options;
    this.release();
    const dims = [1, shape.kvHeads, length, shape.headDim];
    for (const [layer, { keys, values }] of rows.layers.entries()) {
      this.past[pastName(layer, "key")] = cpuTensor(dtype, keys, dims);
      this.past[pastName(layer, "value")] = cpuTensor(dtype, values, dims);
    }
    this.length = length;
  }

  private release(): void {
    for (const tensor of Object.values(this.past)) tensor.dispose();
    this.past = {};
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
