/**
 * Rows on the GPU that grow with every run, for graphs and drivers that do not append in place. The same
 * kernels place and take; placing makes new buffers that hold the rows from before as well.
 */
import type { GpuDevice } from "../../gpu/device.ts";
import { createKvBuffers, type KvBuffers } from "../../kernels/kv-buffers.ts";
import { placeSlices } from "../../kernels/place-slices.ts";
import type { RotaryTable } from "../../kernels/rotary-table.ts";
import { takeRows } from "../../kernels/take-rows.ts";
import { bytesPerElement, type KvSlice, rowsOf } from "../../terms/kv-shape.ts";
import { GrownTensors } from "./grown-tensors.ts";
import type { KvStore, KvStoreOptions } from "./kv-store.ts";
import type { RowsOf } from "./row-names.ts";
import { cpuTensor, type Feeds, type Fetches, gpuTensor, type OnnxTensor } from "./session.ts";

export class GrowingGpuKv implements KvStore {
  length = 0;
  private readonly gpu: GpuDevice;
  private readonly options: KvStoreOptions;
  private readonly tensors: GrownTensors;

  constructor(gpu: GpuDevice, options: KvStoreOptions) {
    this.gpu = gpu;
    this.options = options;
    this.tensors = new GrownTensors(options.names);
    this.clear();
  }

  clear(): void {
    const { dtype, shape } = this.options;
    const nothing = dtype === "float32" ? new Float32Array() : new Uint16Array();
    this.tensors.replace(() => cpuTensor(dtype, nothing, [1, shape.kvHeads, 0, shape.headDim]));
    this.length = 0;
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
    const capacity = firstRow + rowsOf(slices);
    const target = createKvBuffers(this.gpu, { ...this.options, capacity });
    if (firstRow > 0) this.copyRows(target, firstRow);
    placeSlices(this.gpu, { slices, target, firstRow, firstPosition: firstPosition + firstRow, table });
    this.replace(target);
  }

  truncate(rows: number): void {
    if (rows === 0) {
      this.clear();
      return;
    }
    const target = createKvBuffers(this.gpu, { ...this.options, capacity: rows });
    this.copyRows(target, rows);
    this.replace(target);
  }

  async take(from: number, to: number, firstPosition: number, table: RotaryTable): Promise<KvSlice> {
    const source = this.view();
    return takeRows(this.gpu, { source, from, to, firstPosition: firstPosition + from, table });
  }

  dispose(): void {
    this.tensors.dispose();
  }

  /** The rows that are there, in the buffers that the last run or placing left. There must be some. */
  private view(): KvBuffers {
    const { shape, dtype } = this.options;
    const bufferOf = (layer: number, what: RowsOf) => this.tensors.get(layer, what).gpuBuffer as GPUBuffer;
    const layers = Array.from({ length: shape.layers }, (_, layer) => ({
      keys: bufferOf(layer, "key"),
      values: bufferOf(layer, "value"),
    }));
    return { shape, dtype, capacity: this.length, layers };
  }

  private replace(target: KvBuffers): void {
    const { shape, capacity } = target;
    this.tensors.replace((layer, what) => {
      const { keys, values } = target.layers[layer]!;
      const buffer = what === "key" ? keys : values;
      return gpuTensor(target.dtype, buffer, [1, shape.kvHeads, capacity, shape.headDim], () =>
        buffer.destroy(),
      );
    });
    this.length = capacity;
  }

  /** The first `rows` of those that are there. */
  private copyRows(target: KvBuffers, rows: number): void {
    const source = this.view();
    const row = target.shape.headDim * bytesPerElement(target.dtype);
    const encoder = this.gpu.device.createCommandEncoder();
    for (const [layer, from] of source.layers.entries()) {
      for (const what of ["keys", "values"] as const) {
        for (let head = 0; head < target.shape.kvHeads; head++) {
          encoder.copyBufferToBuffer(
            from[what],
            head * source.capacity * row,
            target.layers[layer]![what],
            head * target.capacity * row,
            rows * row,
          );
        }
      }
    }
    this.gpu.device.queue.submit([encoder.finish()]);
  }
}
