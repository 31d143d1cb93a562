/** take-from-pages against a plain copy and read-back of the same bytes, in the same run. */
import { expect, test } from "vitest";
import { readMapped, ScratchBuffers } from "../src/gpu/buffers.ts";
import { bytesOfPages } from "../src/kernels/kv-pages.ts";
import { createRotaryTable } from "../src/kernels/rotary-table.ts";
import { takeFromPages } from "../src/kernels/take-from-pages.ts";
import { bytesOf } from "../src/terms/kv-shape.ts";
import { BENCH_SIZES, mebibytes, milliseconds, timeInTurn } from "../tests/support/bench.ts";
import { seededPages } from "../tests/support/page-cases.ts";
import { uploadPages } from "../tests/support/pages-on-gpu.ts";
import { withDevice } from "../tests/support/with-device.ts";

test("take-from-pages: all rows of a cache", () =>
  withDevice(async (gpu) => {
    for (const { rows, shape } of BENCH_SIZES) {
      const source = uploadPages(gpu, seededPages({ shape, dtype: "float32", capacity: rows }, 1));
      const table = createRotaryTable({ headDim: shape.headDim, theta: 10000, positions: rows });
      const layer = bytesOfPages(source);

      const seconds = await timeInTurn(
        {
          take: async () => {
            await takeFromPages(gpu, { source, from: 0, to: rows, firstPosition: 0, table });
          },
          copy: async () => {
            const scratch = new ScratchBuffers(gpu);
            const bytes = layer * shape.layers;
            const mapped = scratch.create("copied", bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
            const encoder = gpu.device.createCommandEncoder();
            for (const [index, buffer] of source.layers.entries()) {
              encoder.copyBufferToBuffer(buffer, 0, mapped, index * layer, layer);
            }
            gpu.device.queue.submit([encoder.finish()]);
            await readMapped(mapped, bytes, (view) => view.slice());
            scratch.destroy();
          },
        },
        7,
      );
      console.log(
        `take-from-pages ${rows} rows, ${mebibytes(bytesOf(shape, "float32", rows))}: ${milliseconds(seconds.take)} = ` +
          `${(seconds.take / seconds.copy).toFixed(1)} x copy and read back (${milliseconds(seconds.copy)})`,
      );
      expect(Object.values(seconds).every((value) => value > 0)).toBe(true);
      for (const buffer of source.layers) buffer.destroy();
    }
  }));
