/** take-from-pages on the GPU against its meaning in plain loops. */
import { describe, expect, test } from "vitest";
import { takeFromPagesReference } from "../../../src/kernels/take-from-pages.reference.ts";
import { takeFromPages } from "../../../src/kernels/take-from-pages.ts";
import { type KernelCase, tableOf } from "../../support/kernel-cases.ts";
import { excess, sameBits } from "../../support/kv-rows.ts";
import { PAGE_CASES, seededPages } from "../../support/page-cases.ts";
import { downloadPages, uploadPages } from "../../support/pages-on-gpu.ts";
import { withDevice } from "../../support/with-device.ts";

function requestOf(c: KernelCase) {
  const tokens = c.tokens.reduce((sum, n) => sum + n, 0);
  return {
    from: c.firstRow,
    to: c.firstRow + tokens,
    firstPosition: c.firstPosition,
    table: tableOf(c),
  };
}

async function compare(c: KernelCase): Promise<void> {
  await withDevice(async (gpu) => {
    const arrays = seededPages({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
    const source = uploadPages(gpu, arrays);
    const got = await takeFromPages(gpu, { ...requestOf(c), source }, c.slices);
    const expected = takeFromPagesReference({ ...requestOf(c), source: arrays }, c.slices);

    expect(got).toMatchObject({ shape: c.shape, dtype: c.slices, tokens: expected.tokens });
    expect(excess(got.keys, expected.keys)).toBe(0);
    if (c.slices === c.engine) expect(sameBits(got.values, expected.values)).toBe(true);
    else expect(excess(got.values, expected.values)).toBe(0);
    const after = await downloadPages(gpu, source);
    for (const [layer, elements] of arrays.layers.entries()) {
      expect(sameBits(after.layers[layer]!, elements)).toBe(true);
    }
  });
}

describe("take-from-pages › the GPU reads what the reference reads, and the source stays as it is", () => {
  for (const c of PAGE_CASES) test(c.name, () => compare(c));
  test("no rows", () => compare({ ...PAGE_CASES[0]!, tokens: [] }));
});

describe("take-from-pages › misuse is refused", () => {
  const c = PAGE_CASES[0]!;
  const misuses = {
    "slots that are not there": [{ to: 33 }, /rows 12 to 33 for buffers of 32 rows/],
    "an end before the start": [{ from: 4, to: 3 }, /rows 4 to 3/],
    "a position beyond the table": [{ firstPosition: 57 }, /rotary table ends at 64/],
  } as const;
  for (const [name, [change, message]] of Object.entries(misuses)) {
    test(name, () =>
      withDevice(async (gpu) => {
        const source = uploadPages(gpu, seededPages({ shape: c.shape, dtype: "float32", capacity: 32 }, 3));
        await expect(takeFromPages(gpu, { ...requestOf(c), ...change, source })).rejects.toMatchObject({
          name: "KvShapeError",
          message: expect.stringMatching(message),
        });
      }),
    );
  }
});
