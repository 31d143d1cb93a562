/** place-slices on the GPU against its meaning in plain loops. */
import { describe, expect, test } from "vitest";
import { destroyKvBuffers } from "../../../src/kernels/kv-buffers.ts";
import { placeSlicesReference } from "../../../src/kernels/place-slices.reference.ts";
import { placeSlices } from "../../../src/kernels/place-slices.ts";
import { createRotaryTable } from "../../../src/kernels/rotary-table.ts";
import { isNamed } from "../../../src/terms/errors.ts";
import { KERNEL_CASES, type KernelCase, LONG_CASE, tableOf } from "../../support/kernel-cases.ts";
import {
  downloadBuffers,
  excess,
  sameBits,
  seededArrays,
  seededSlice,
  uploadArrays,
} from "../../support/kv-rows.ts";
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
    const expected = seededArrays({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
    const before = structuredClone(expected);
    const target = uploadArrays(gpu, expected);
    placeSlices(gpu, { ...request, target });
    placeSlicesReference({ ...request, target: expected });
    const got = await downloadBuffers(gpu, target);
    destroyKvBuffers(target);

    const rows = c.tokens.reduce((sum, tokens) => sum + tokens, 0);
    const { kvHeads, headDim, layers } = c.shape;
    for (let layer = 0; layer < layers; layer++) {
      for (const what of ["keys", "values"] as const) {
        const [g, e, b] = [got, expected, before].map((arrays) => arrays.layers[layer]![what]);
        for (let head = 0; head < kvHeads; head++) {
          const at = (row: number) => (head * c.capacity + row) * headDim;
          const part = (from: number, to: number) =>
            [g!, e!, b!].map((array) => array.slice(at(from), at(to)));
          const where = `${what} of layer ${layer}, head ${head}`;
          const [written, meant] = part(c.firstRow, c.firstRow + rows);
          if (what === "values" && c.slices === c.engine)
            expect(sameBits(written!, meant!), where).toBe(true);
          else expect(excess(written!, meant!), where).toBe(0);
          const [above, , aboveBefore] = part(0, c.firstRow);
          const [below, , belowBefore] = part(c.firstRow + rows, c.capacity);
          expect(sameBits(above!, aboveBefore!), `rows before, ${where}`).toBe(true);
          expect(sameBits(below!, belowBefore!), `rows behind, ${where}`).toBe(true);
        }
      }
    }
  });
}

describe("place-slices › the GPU writes what the reference writes, and nothing beside it", () => {
  for (const c of KERNEL_CASES) test(c.name, () => compare(c));
  test(LONG_CASE.name, () => compare(LONG_CASE));
});

describe("place-slices › nothing to place", () => {
  for (const tokens of [[], [0], [0, 0]]) {
    test(`slices of [${tokens}] tokens leave the target as it was`, () =>
      compare({ ...KERNEL_CASES[0]!, tokens, firstRow: 12 }));
  }
});

test("place-slices › one placement of two slices is two placements of one slice", () =>
  withDevice(async (gpu) => {
    const c = KERNEL_CASES[0]!;
    const { slices, firstRow, firstPosition, table } = requestOf(c);
    const arrays = seededArrays({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 3);
    const [once, twice] = [uploadArrays(gpu, arrays), uploadArrays(gpu, arrays)];
    placeSlices(gpu, { slices, target: once, firstRow, firstPosition, table });
    let placed = 0;
    for (const slice of slices) {
      const at = { firstRow: firstRow + placed, firstPosition: firstPosition + placed };
      placeSlices(gpu, { slices: [slice], target: twice, ...at, table });
      placed += slice.tokens;
    }
    expect(await downloadBuffers(gpu, once)).toEqual(await downloadBuffers(gpu, twice));
  }));

describe("place-slices › misuse is refused before anything is written", () => {
  const c = KERNEL_CASES[0]!;
  const other = (shape: Partial<KernelCase["shape"]>) =>
    seededSlice({ ...c.shape, ...shape }, "float32", 3, 1);
  const slice = seededSlice(c.shape, "float32", 3, 1);
  const misuses = {
    "another head size": [{ slices: [other({ headDim: 32 })] }, /head size 32/],
    "another number of layers": [{ slices: [other({ layers: 3 })] }, /3 layers/],
    "slices of two dtypes": [{ slices: [slice, seededSlice(c.shape, "float16", 3, 1)] }, /float16/],
    "arrays too short": [{ slices: [{ ...slice, values: slice.values.subarray(1) }] }, /damaged/],
    "more rows than fit": [{ firstRow: 5 }, /rows 5 to 13 for buffers of 12 rows/],
    "a position beyond the table": [{ firstPosition: 57 }, /rotary table ends at 64/],
    "a position that is no whole number": [{ firstPosition: 0.5 }, /0\.5 as first position/],
    "a negative row": [{ firstRow: -1 }, /-1 as first row/],
    "a table of another head size": [
      { table: createRotaryTable({ headDim: 32, theta: 10000, positions: 64 }) },
      /table for head size 32/,
    ],
  } as const;
  for (const [name, [change, message]] of Object.entries(misuses)) {
    test(name, () =>
      withDevice(async (gpu) => {
        const arrays = seededArrays({ shape: c.shape, dtype: "float32", capacity: c.capacity }, 3);
        const target = uploadArrays(gpu, arrays);
        const refused = catchError(() => placeSlices(gpu, { ...requestOf(c), ...change, target }));
        expect(isNamed(refused, "KvShapeError")).toBe(true);
        expect((refused as Error).message).toMatch(message);
        expect(await downloadBuffers(gpu, target)).toEqual(arrays);
      }),
    );
  }

  test("buffers smaller than their stated capacity", () =>
    withDevice(async (gpu) => {
      const target = uploadArrays(gpu, seededArrays({ shape: c.shape, dtype: "float32", capacity: 8 }, 3));
      const claim = { ...target, capacity: c.capacity };
      const refused = catchError(() => placeSlices(gpu, { ...requestOf(c), target: claim }));
      expect(isNamed(refused, "KvShapeError")).toBe(true);
      expect((refused as Error).message).toMatch(/at least 6144/);
    }));
});

function catchError(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
