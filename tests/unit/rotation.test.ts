/** Invariant 1 of the method, in plain code. */
import { createKvArrays } from "../../src/kernels/kv-buffers.ts";
import { placeSlicesReference } from "../../src/kernels/place-slices.reference.ts";
import { takeRowsReference } from "../../src/kernels/take-rows.reference.ts";
import { ROTATION_CAPACITY, rotationSuite } from "../support/rotation.suite.ts";

rotationSuite("in plain code", {
  place: async (slices, firstRow, firstPosition, table) => {
    const { shape, dtype } = slices[0]!;
    const target = createKvArrays({ shape, dtype, capacity: ROTATION_CAPACITY });
    placeSlicesReference({ slices, target, firstRow, firstPosition, table });
    return target;
  },
  take: async (source, from, to, firstPosition, table) =>
    takeRowsReference({ source, from, to, firstPosition, table }),
});
