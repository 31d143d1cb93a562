/** take-rows against a plain copy and read-back of the same bytes, in the same run. */
import { expect, test } from "vitest";
import { readMapped, ScratchBuffers } from "../src/gpu/buffers.ts";
import { bytesOfLayer, destroyKvBuffers } from "../src/kernels/kv-buffers.ts";
import { createRotaryTable } from "../src/kernels/rotary-table.ts";
import { takeRows } from "../src/kernels/take-rows.ts";
import { bytesOf } from "../src/terms/kv-shape.ts";
import { BENCH_SIZES, mebibytes, milliseconds, timeInTurn } from "../tests/support/bench.ts";
import { seededArrays, uploadArrays } from "../tests/support/kv-rows.ts";
import { withDevice } from "../tests/support/with-device.ts";

test("take-rows: all rows of an engine's buffers", () =>
  withDevice(async (gpu) => {
    for (const { rows, shape } of BENCH_SIZES) {
      const source = uploadArrays(gpu, seededArrays({ shape, dtype: "float32", capacity: rows }, 1));
      const table = createRotaryTable({ headDim: shape.headDim, theta: 10000, positions: rows });
      const half = bytesOfLayer(source);

      const seconds = await timeInTurn(
        {
          take: async () => {
            await takeRows(gpu, { source, from: 0, to: rows, firstPosition: 0, table });
          },
          copy: async () => {
            const scratch = new ScratchBuffers(gpu);
            const bytes = 2 * half * shape.layers;
            const mapped = scratch.create("copied", bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
            const encoder = gpu.device.createCommandEncoder();
            for (const [layer, { keys, values }] of source.layers.entries()) {
              encoder.copyBufferToBuffer(keys, 0, mapped, 2 * layer * half, half);
              encoder.copyBufferToBuffer(values, 0, mapped, (2 * layer + 1) * half, half);
            }
            gpu.device.queue.submit([encoder.finish()]);
            await readMapped(mapped, bytes, (view) => view.slice());
            scratch.destroy();
          },
        },
        7,
      );
      console.log(
        `take-rows ${rows} rows, ${mebibytes(bytesOf(shape, "float32", rows))}: ${milliseconds(seconds.take)} = ` +
          `${(seconds.take / seconds.copy).toFixed(1)} x copy and read back (${milliseconds(seconds.copy)})`,
      );
      expect(Object.values(seconds).every((value) => value > 0)).toBe(true);
      destroyKvBuffers(source);
    }
  }));
