/** The meaning of place-in-pages, against rows that other code laid out and turned. */
import { describe, expect, test } from "vitest";
import { halfFromFloat } from "../../src/kernels/half.ts";
import { placeInPagesReference } from "../../src/kernels/place-in-pages.reference.ts";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { rowsOf } from "../../src/terms/kv-shape.ts";
import { THETA, tableOf } from "../support/kernel-cases.ts";
import { numbersOf, seededSlice } from "../support/kv-rows.ts";
import { eachRowOfPages, PAGE_CASES, seededPages } from "../support/page-cases.ts";
import { ropeByComplexNumbers } from "../support/rope.ts";

describe("place-in-pages reference › rows lie where they are counted off, turned as complex numbers turn", () => {
  for (const c of PAGE_CASES) {
    test(c.name, () => {
      const { headDim, layers, kvHeads } = c.shape;
      const slices = c.tokens.map((tokens, i) => seededSlice(c.shape, c.slices, tokens, 7 + i));
      const tokens = slices.flatMap((slice) =>
        Array.from({ length: slice.tokens }, (_, token) => ({ slice, token })),
      );
      const target = seededPages({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
      const expected = structuredClone(target);
      const cast = c.engine === "float16" ? halfFromFloat : (x: number) => x;
      for (let layer = 0; layer < layers; layer++) {
        eachRowOfPages(target, (side, head, slot, start) => {
          const row = tokens[slot - c.firstRow];
          if (!row) return;
          const { slice, token } = row;
          const from = ((layer * kvHeads + head) * slice.tokens + token) * headDim;
          const stored = numbersOf(slice[side].slice(from, from + headDim));
          const position = c.firstPosition + slot - c.firstRow;
          const meant =
            side === "keys"
              ? ropeByComplexNumbers(stored, position, THETA, c.rotaryDim, c.pairs)
              : Array.from(stored);
          expected.layers[layer]!.set(meant.map(cast), start);
        });
      }
      const { firstRow, firstPosition } = c;
      placeInPagesReference({ slices, target, firstRow, firstPosition, table: tableOf(c) });
      // A 16-bit result may fall to the other side of a tie: one unit in the last place of 2.
      const tolerance = c.engine === "float16" ? 2e-3 : 2e-6;
      for (const [layer, elements] of expected.layers.entries()) {
        const [got, meant] = [numbersOf(target.layers[layer]!), numbersOf(elements)];
        const worst = got.reduce((most, x, i) => Math.max(most, Math.abs(x - meant[i]!)), 0);
        expect(worst).toBeLessThanOrEqual(tolerance);
      }
    });
  }
});

test("place-in-pages reference › a table that turns nothing leaves keys as they are stored", () => {
  const shape = { layers: 1, kvHeads: 2, headDim: 6 };
  const table = createRotaryTable({
    headDim: 6,
    rotaryDim: 2,
    theta: 1,
    inverseFrequencies: [0],
    positions: 90,
  });
  const slice = seededSlice(shape, "float16", 5, 3);
  const target = seededPages({ shape, dtype: "float16", capacity: 16 }, 1);
  placeInPagesReference({ slices: [slice], target, firstRow: 3, firstPosition: 80, table });
  eachRowOfPages(target, (side, head, slot, start) => {
    if (slot < 3 || slot >= 8) return;
    const from = (head * 5 + slot - 3) * 6;
    expect(target.layers[0]!.slice(start, start + 6)).toEqual(slice[side].slice(from, from + 6));
  });
});

test("place-in-pages reference › refuses before it writes", () => {
  const c = PAGE_CASES[0]!;
  const target = seededPages({ shape: c.shape, dtype: "float32", capacity: 16 }, 99);
  const before = structuredClone(target);
  const slices = [seededSlice(c.shape, "float32", 8, 1)];
  expect(rowsOf(slices)).toBe(8);
  expect(() =>
    placeInPagesReference({ slices, target, firstRow: 9, firstPosition: 0, table: tableOf(c) }),
  ).toThrow(expect.objectContaining({ name: "KvShapeError" }));
  expect(target).toEqual(before);
});
