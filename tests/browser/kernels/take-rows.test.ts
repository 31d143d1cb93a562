/** take-rows on the GPU against its meaning in plain loops. */
import { describe, expect, test } from "vitest";
import { createRotaryTable } from "../../../src/kernels/rotary-table.ts";
import { takeRowsReference } from "../../../src/kernels/take-rows.reference.ts";
import { takeRows } from "../../../src/kernels/take-rows.ts";
import { KERNEL_CASES, type KernelCase, LONG_CASE, tableOf } from "../../support/kernel-cases.ts";
import { downloadBuffers, excess, sameBits, seededArrays, uploadArrays } from "../../support/kv-rows.ts";
import { withDevice } from "../../support/with-device.ts";

function requestOf(c: KernelCase) {
  const rows = c.tokens.reduce((sum, tokens) => sum + tokens, 0);
  return {
    from: c.firstRow,
    to: c.firstRow + rows,
    firstPosition: c.firstPosition,
    table: tableOf(c),
  };
}

async function compare(c: KernelCase): Promise<void> {
  await withDevice(async (gpu) => {
    const arrays = seededArrays({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
    const source = uploadArrays(gpu, arrays);
    const request = requestOf(c);
    const got = await takeRows(gpu, { ...request, source }, c.slices);
    const expected = takeRowsReference({ ...request, source: arrays }, c.slices);

    expect(got).toMatchObject({ shape: c.shape, dtype: c.slices, tokens: expected.tokens });
    expect(excess(got.keys, expected.keys)).toBe(0);
    if (c.slices === c.engine) expect(sameBits(got.values, expected.values)).toBe(true);
    else expect(excess(got.values, expected.values)).toBe(0);
    const after = await downloadBuffers(gpu, source);
    for (const [layer, { keys, values }] of arrays.layers.entries()) {
      expect(sameBits(after.layers[layer]!.keys, keys)).toBe(true);
      expect(sameBits(after.layers[layer]!.values, values)).toBe(true);
    }
  });
}

describe("take-rows › the GPU reads what the reference reads, and the source stays as it is", () => {
  for (const c of KERNEL_CASES) test(c.name, () => compare(c));
  test(LONG_CASE.name, () => compare(LONG_CASE));
  test("no rows", () => compare({ ...KERNEL_CASES[0]!, tokens: [] }));
});

test("take-rows › a slice has the dtype of its source unless told otherwise", () =>
  withDevice(async (gpu) => {
    const c = KERNEL_CASES[0]!;
    const source = uploadArrays(
      gpu,
      seededArrays({ shape: c.shape, dtype: "float16", capacity: c.capacity }, 5),
    );
    const slice = await takeRows(gpu, { ...requestOf(c), source });
    expect(slice.dtype).toBe("float16");
    expect(slice.keys).toBeInstanceOf(Uint16Array);
  }));

describe("take-rows › misuse is refused", () => {
  const c = KERNEL_CASES[0]!;
  const misuses = {
    "rows beyond the capacity": [{ to: 13 }, /rows 2 to 13 for buffers of 12 rows/],
    "an end before the start": [{ from: 4, to: 3 }, /rows 4 to 3/],
    "a position beyond the table": [{ firstPosition: 57 }, /rotary table ends at 64/],
    "a table of another head size": [
      { table: createRotaryTable({ headDim: 32, theta: 10000, positions: 64 }) },
      /table for head size 32/,
    ],
  } as const;
  for (const [name, [change, message]] of Object.entries(misuses)) {
    test(name, () =>
      withDevice(async (gpu) => {
        const source = uploadArrays(gpu, seededArrays({ shape: c.shape, dtype: "float32", capacity: 12 }, 3));
        const taken = takeRows(gpu, { ...requestOf(c), ...change, source });
        await expect(taken).rejects.toMatchObject({
          name: "KvShapeError",
          message: expect.stringMatching(message),
        });
      }),
    );
  }

  test("a device that is lost meanwhile says so", async () => {
    await withDevice(async (gpu) => {
      const source = uploadArrays(gpu, seededArrays({ shape: c.shape, dtype: "float32", capacity: 12 }, 3));
      const taken = takeRows(gpu, { ...requestOf(c), source });
      gpu.device.destroy();
      await expect(taken).rejects.toMatchObject({ name: "GpuLostError" });
    });
  });
});
