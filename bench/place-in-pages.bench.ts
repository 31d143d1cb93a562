/** place-in-pages against an upload of the same bytes, in the same run. */
import { expect, test } from "vitest";
import { ScratchBuffers } from "../src/gpu/buffers.ts";
import { placeInPages } from "../src/kernels/place-in-pages.ts";
import { createRotaryTable } from "../src/kernels/rotary-table.ts";
import { bytesOf } from "../src/terms/kv-shape.ts";
import { BENCH_SIZES, mebibytes, milliseconds, timeInTurn } from "../tests/support/bench.ts";
import { seededSlice } from "../tests/support/kv-rows.ts";
import { seededPages } from "../tests/support/page-cases.ts";
import { uploadPages } from "../tests/support/pages-on-gpu.ts";
import { withDevice } from "../tests/support/with-device.ts";

test("place-in-pages: one slice into the pages of a cache", () =>
  withDevice(async (gpu) => {
    for (const { rows, shape } of BENCH_SIZES) {
      const slice = seededSlice(shape, "float32", rows, 1);
      const target = uploadPages(gpu, seededPages({ shape, dtype: "float32", capacity: rows }, 1));
      const table = createRotaryTable({ headDim: shape.headDim, theta: 10000, positions: rows });

      const seconds = await timeInTurn(
        {
          place: () => placeInPages(gpu, { slices: [slice], target, firstRow: 0, firstPosition: 0, table }),
          upload: async () => {
            const scratch = new ScratchBuffers(gpu);
            for (const data of [slice.keys, slice.values])
              scratch.upload("rows", data, GPUBufferUsage.STORAGE);
            gpu.device.queue.submit([]);
            await gpu.device.queue.onSubmittedWorkDone();
            scratch.destroy();
          },
        },
        7,
      );
      console.log(
        `place-in-pages ${rows} rows, ${mebibytes(bytesOf(shape, "float32", rows))}: ${milliseconds(seconds.place)} = ` +
          `${(seconds.place / seconds.upload).toFixed(1)} x upload (${milliseconds(seconds.upload)})`,
      );
      expect(Object.values(seconds).every((value) => value > 0)).toBe(true);
      for (const buffer of target.layers) buffer.destroy();
    }
  }));
