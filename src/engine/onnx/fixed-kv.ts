/**
 * Rows in fixed-capacity GPU buffers that we own. The graph gets the same tensor as past and as present and
 * appends in place; kernels write stored slices straight into the buffers and read rows back from them.
 */
import type { GpuDevice } from "../../gpu/device.ts";
import { createKvBuffers, destroyKvBuffers, type KvBuffers } from "../../kernels/kv-buffers.ts";
import { placeSlices } from "../../kernels/place-slices.ts";
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import { takeRows } from "../../kernels/take-rows.ts";
import { type KvSlice, rowsOf } from "../../terms/kv-shape.ts";
import type { KvStore, KvStoreOptions } from "./kv-store.ts";
import { forEachRows } from "./row-names.ts";
import { type Feeds, type Fetches, gpuTensor, type OnnxTensor } from "./session.ts";

export class FixedKv implements KvStore {
  length = 0;
  private readonly gpu: GpuDevice;
  private readonly buffers: KvBuffers;
  private readonly past: Record<string, OnnxTensor> = {};
  private readonly present: Record<string, OnnxTensor> = {};

  constructor(gpu: GpuDevice, options: KvStoreOptions) {
    const { shape, dtype, capacity, names } = options;
    this.gpu = gpu;
    this.buffers = createKvBuffers(gpu, { shape, dtype, capacity });
    const dims = [1, shape.kvHeads, capacity, shape.headDim];
    forEachRows(names, (layer, what, { past, present }) => {
      const { keys, values } = this.buffers.layers[layer]!;
      // The same tensor object on both sides is what tells the graph to append in place.
      const tensor = gpuTensor(dtype, what === "key" ? keys : values, dims);
      this.past[past] = tensor;
      this.present[present] = tensor;
    });
  }

  clear(): void {
    this.length = 0;
  }

  feeds(): Feeds {
    return this.past;
  }

  fetches(): Fetches {
    return this.present;
  }

  append(_results: Readonly<Record<string, OnnxTensor>>, rows: number): void {
    this.length += rows;
  }

  async place(slices: readonly KvSlice[], firstPosition: number, table: RotaryTable): Promise<void> {
    const firstRow = this.length;
    const target = this.buffers;
    placeSlices(this.gpu, { slices, target, firstRow, firstPosition: firstPosition + firstRow, table });
    this.length += rowsOf(slices);
  }

  truncate(rows: number): void {
    this.length = rows;
  }

  async take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice> {
    const source = this.buffers;
    return takeRows(this.gpu, { source, from, to, firstPosition: firstPosition + from, table });
  }

  dispose(): void {
    destroyKvBuffers(this.buffers);
  }
}
