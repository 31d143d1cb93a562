/** Invariant 1 of the method, on the GPU. */

import { createKvArrays } from "../../../src/kernels/kv-buffers.ts";
import { placeSlices } from "../../../src/kernels/place-slices.ts";
import { takeRows } from "../../../src/kernels/take-rows.ts";
import { downloadBuffers, uploadArrays } from "../../support/kv-rows.ts";
import { ROTATION_CAPACITY, rotationSuite } from "../../support/rotation.suite.ts";
import { withDevice } from "../../support/with-device.ts";

rotationSuite("on the GPU", {
  place: (slices, firstRow, firstPosition, table) =>
    withDevice(async (gpu) => {
      const { shape, dtype } = slices[0]!;
      const target = uploadArrays(gpu, createKvArrays({ shape, dtype, capacity: ROTATION_CAPACITY }));
      placeSlices(gpu, { slices, target, firstRow, firstPosition, table });
      return downloadBuffers(gpu, target);
    }),
  take: (source, from, to, firstPosition, table) =>
    withDevice((gpu) => takeRows(gpu, { source: uploadArrays(gpu, source), from, to, firstPosition, table })),
});
