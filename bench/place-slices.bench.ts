/** place-slices against an upload and against a plain copy on the GPU, of the same bytes, in the same run. */
import { expect, test } from "vitest";
import { ScratchBuffers } from "../src/gpu/buffers.ts";
import { createKvBuffers, destroyKvBuffers } from "../src/kernels/kv-buffers.ts";
import { placeSlices } from "../src/kernels/place-slices.ts";
import { createRotaryTable } from "../src/kernels/rotary-table.ts";
import { bytesOf } from "../src/terms/kv-shape.ts";
import { BENCH_SIZES, mebibytes, milliseconds, timeInTurn } from "../tests/support/bench.ts";
import { seededSlice } from "../tests/support/kv-rows.ts";
import { withDevice } from "../tests/support/with-device.ts";

test("place-slices: three slices into an engine's buffers", () =>
  withDevice(async (gpu) => {
    for (const { rows, shape } of BENCH_SIZES) {
      const third = Math.floor(rows / 3);
      const slices = [third, third, rows - 2 * third].map((tokens, i) =>
        seededSlice(shape, "float32", tokens, i + 1),
      );
      const layout = { shape, dtype: "float32" as const, capacity: rows };
      const [target, other] = [createKvBuffers(gpu, layout), createKvBuffers(gpu, layout)];
      const table = createRotaryTable({ headDim: shape.headDim, theta: 10000, positions: rows });
      const done = () => gpu.device.queue.onSubmittedWorkDone();

      const seconds = await timeInTurn(
        {
          place: async () => {
            placeSlices(gpu, { slices, target, firstRow: 0, firstPosition: 0, table });
            await done();
          },
          upload: async () => {
            const scratch = new ScratchBuffers(gpu);
            for (const { keys, values } of slices) {
              for (const data of [keys, values]) scratch.upload("rows", data, GPUBufferUsage.STORAGE);
            }
            gpu.device.queue.submit([]);
            await done();
            scratch.destroy();
          },
          copy: async () => {
            const encoder = gpu.device.createCommandEncoder();
            for (const [layer, { keys, values }] of other.layers.entries()) {
              encoder.copyBufferToBuffer(keys, target.layers[layer]!.keys);
              encoder.copyBufferToBuffer(values, target.layers[layer]!.values);
            }
            gpu.device.queue.submit([encoder.finish()]);
            await done();
          },
        },
        7,
      );
      console.log(
        `place-slices ${rows} rows, ${mebibytes(bytesOf(shape, "float32", rows))}: ${milliseconds(seconds.place)} = ` +
          `${(seconds.place / seconds.upload).toFixed(1)} x upload (${milliseconds(seconds.upload)}) = ` +
          `${(seconds.place / seconds.copy).toFixed(1)} x copy on the GPU (${milliseconds(seconds.copy)})`,
      );
      expect(Object.values(seconds).every((value) => value > 0)).toBe(true);
      destroyKvBuffers(target);
      destroyKvBuffers(other);
    }
  }));
