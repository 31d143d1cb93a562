/** The meaning of take-rows, on numbers that can be checked by hand and by other code. */
import { describe, expect, test } from "vitest";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { takeRowsReference } from "../../src/kernels/take-rows.reference.ts";
import { KERNEL_CASES, THETA, tableOf } from "../support/kernel-cases.ts";
import { numbersOf, seededArrays } from "../support/kv-rows.ts";
import { ropeByComplexNumbers } from "../support/rope.ts";

describe("take-rows reference", () => {
  test("a quarter turn back of (x, y) is (y, -x), for the pairs (0, 2) and not (0, 1)", () => {
    const shape = { layers: 1, kvHeads: 2, headDim: 4 };
    const inverseFrequencies = [Math.PI / 2, Math.PI];
    const table = createRotaryTable({ headDim: 4, theta: 1, positions: 8, inverseFrequencies });
    const rows = (base: number) => [
      9,
      9,
      9,
      9,
      base + 1,
      base + 2,
      base + 3,
      base + 4,
      base + 5,
      base + 6,
      base + 7,
      base + 8,
    ];
    const layer = Float32Array.from([...rows(0), ...rows(100)]);
    const source = {
      shape,
      dtype: "float32" as const,
      capacity: 3,
      layers: [{ keys: layer, values: layer }],
    };
    const slice = takeRowsReference({ source, from: 1, to: 3, firstPosition: 1, table });
    expect(slice).toMatchObject({ shape, dtype: "float32", tokens: 2 });
    // Position 1: 90 and 180 degrees back. Position 2: 180 and 360.
    const expected = [3, -2, -1, -4, -5, 6, -7, 8, 103, -102, -101, -104, -105, 106, -107, 108];
    for (const [i, key] of expected.entries()) expect(slice.keys[i]).toBeCloseTo(key, 4);
    expect(Array.from(slice.values)).toEqual([...rows(0).slice(4), ...rows(100).slice(4)]);
  });

  for (const c of KERNEL_CASES) {
    test(`a turn back, as complex numbers compute it: ${c.name}`, () => {
      const { layers, kvHeads, headDim } = c.shape;
      const source = seededArrays({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
      const tokens = c.tokens.reduce((sum, n) => sum + n, 0);
      const table = tableOf(c);
      const { firstRow, firstPosition } = c;
      const request = { source, from: firstRow, to: firstRow + tokens, firstPosition, table };
      const slice = takeRowsReference(request, c.slices);
      const [keys, values] = [numbersOf(slice.keys), numbersOf(slice.values)];
      const tolerance = c.slices === "float16" ? 2e-3 : 2e-6;
      for (let i = 0; i < layers * kvHeads * tokens; i++) {
        const [layer, head] = [Math.floor(i / (kvHeads * tokens)), Math.floor(i / tokens) % kvHeads];
        const at = (head * c.capacity + firstRow + (i % tokens)) * headDim;
        const key = numbersOf(source.layers[layer]!.keys).subarray(at, at + headDim);
        const value = numbersOf(source.layers[layer]!.values).subarray(at, at + headDim);
        const turned = ropeByComplexNumbers(
          key,
          -(firstPosition + (i % tokens)),
          THETA,
          c.rotaryDim,
          c.pairs,
        );
        for (let dim = 0; dim < headDim; dim++) {
          expect(Math.abs(keys[i * headDim + dim]! - turned[dim]!)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(values[i * headDim + dim]! - value[dim]!)).toBeLessThanOrEqual(tolerance);
        }
      }
    });
  }
});
