/** place-in-pages on the GPU against its meaning in plain loops. */
import { describe, expect, test } from "vitest";
import { placeInPagesReference } from "../../../src/kernels/place-in-pages.reference.ts";
import { placeInPages } from "../../../src/kernels/place-in-pages.ts";
import { createRotaryTable } from "../../../src/kernels/rotary-table.ts";
import { type KernelCase, tableOf } from "../../support/kernel-cases.ts";
import { excess, sameBits, seededSlice } from "../../support/kv-rows.ts";
import { eachRowOfPages, PAGE_CASES, seededPages } from "../../support/page-cases.ts";
import { downloadPages, uploadPages } from "../../support/pages-on-gpu.ts";
import { withDevice } from "../../support/with-device.ts";

function requestOf(c: KernelCase) {
  return {
    slices: c.tokens.map((tokens, i) => seededSlice(c.shape, c.slices, tokens, 7 + i)),
    firstRow: c.firstRow,
    firstPosition: c.firstPosition,
    table: tableOf(c),
  };
}

async function compare(c: KernelCase): Promise<void> {
  await withDevice(async (gpu) => {
    const request = requestOf(c);
    const expected = seededPages({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
    const before = structuredClone(expected);
    const target = uploadPages(gpu, expected);
    await placeInPages(gpu, { ...request, target });
    placeInPagesReference({ ...request, target: expected });
    const got = await downloadPages(gpu, target);

    const behind = c.firstRow + c.tokens.reduce((sum, tokens) => sum + tokens, 0);
    const { headDim } = c.shape;
    for (let layer = 0; layer < c.shape.layers; layer++) {
      eachRowOfPages(got, (side, head, slot, start) => {
        const [g, e, b] = [got, expected, before].map(({ layers }) =>
          layers[layer]!.subarray(start, start + headDim),
        );
        const where = `${side} of layer ${layer}, head ${head}, slot ${slot}`;
        if (slot < c.firstRow || slot >= behind) expect(sameBits(g!, b!), where).toBe(true);
        else if (side === "values" && c.slices === c.engine) expect(sameBits(g!, e!), where).toBe(true);
        else expect(excess(g!, e!), where).toBe(0);
      });
    }
  });
}

describe("place-in-pages › the GPU writes what the reference writes, and nothing beside it", () => {
  for (const c of PAGE_CASES) test(c.name, () => compare(c));
  test("nothing to place", () => compare({ ...PAGE_CASES[0]!, tokens: [0, 0] }));
});

describe("place-in-pages › misuse is refused before anything is written", () => {
  const c = PAGE_CASES[0]!;
  const slice = seededSlice(c.shape, "float32", 3, 1);
  const misuses = {
    "another head size": [
      { slices: [seededSlice({ ...c.shape, headDim: 32 }, "float32", 3, 1)] },
      /head size 32/,
    ],
    "slices of two dtypes": [{ slices: [slice, seededSlice(c.shape, "float16", 3, 1)] }, /float16/],
    "more rows than slots": [{ firstRow: 25 }, /rows 25 to 33 for buffers of 32 rows/],
    "a position beyond the table": [{ firstPosition: 57 }, /rotary table ends at 64/],
    "a table of another head size": [
      { table: createRotaryTable({ headDim: 32, theta: 10000, positions: 64 }) },
      /table for head size 32/,
    ],
  } as const;
  for (const [name, [change, message]] of Object.entries(misuses)) {
    test(name, () =>
      withDevice(async (gpu) => {
        const arrays = seededPages({ shape: c.shape, dtype: "float32", capacity: c.capacity }, 3);
        const target = uploadPages(gpu, arrays);
        await expect(placeInPages(gpu, { ...requestOf(c), ...change, target })).rejects.toMatchObject({
          name: "KvShapeError",
          message: expect.stringMatching(message),
        });
        expect(await downloadPages(gpu, target)).toEqual(arrays);
      }),
    );
  }

  test("pages that are not whole, and blocks smaller than their stated capacity", () =>
    withDevice(async (gpu) => {
      const target = uploadPages(gpu, seededPages({ shape: c.shape, dtype: "float32", capacity: 32 }, 3));
      for (const [capacity, message] of [
        [24, /24 slots, expected a multiple of 16/],
        [48, /32768 bytes, expected at least 49152/],
      ] as const) {
        const placed = placeInPages(gpu, { ...requestOf(c), target: { ...target, capacity } });
        await expect(placed).rejects.toMatchObject({
          name: "KvShapeError",
          message: expect.stringMatching(message),
        });
      }
    }));
});
