/** The meaning of place-slices, on numbers that can be checked by hand and by other code. */
import { describe, expect, test } from "vitest";
import { floatFromHalf, halfFromFloat } from "../../src/kernels/half.ts";
import { createKvArrays } from "../../src/kernels/kv-buffers.ts";
import { placeSlicesReference } from "../../src/kernels/place-slices.reference.ts";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { KERNEL_CASES, THETA, tableOf } from "../support/kernel-cases.ts";
import { numbersOf, seededArrays, seededSlice } from "../support/kv-rows.ts";
import { ropeByComplexNumbers } from "../support/rope.ts";

/** One layer, one head, head size 4: a position turns elements (0, 2) by 90 degrees and (1, 3) by 180. */
const table = createRotaryTable({
  headDim: 4,
  theta: 1,
  positions: 8,
  inverseFrequencies: [Math.PI / 2, Math.PI],
});
const shape = { layers: 1, kvHeads: 1, headDim: 4 };

function sliceOf(keys: number[], values: number[]): KvSlice {
  return {
    shape,
    dtype: "float32",
    tokens: keys.length / 4,
    keys: Float32Array.from(keys),
    values: Float32Array.from(values),
  };
}

describe("place-slices reference", () => {
  test("a quarter turn of (x, y) is (-y, x), for the pairs (0, 2) and not (0, 1)", () => {
    const target = createKvArrays({ shape, dtype: "float32", capacity: 3 });
    placeSlicesReference({
      slices: [sliceOf([1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80])],
      target,
      firstRow: 1,
      firstPosition: 1,
      table,
    });
    const [{ keys, values }] = target.layers as [(typeof target.layers)[0]];
    // Position 1: 90 and 180 degrees. Position 2: 180 and 360.
    expectClose(keys, [0, 0, 0, 0, -3, -2, 1, -4, -5, 6, -7, 8]);
    expect(Array.from(values)).toEqual([0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });

  test("the second slice goes on where the first one ended, in rows and in positions", () => {
    const target = createKvArrays({ shape, dtype: "float32", capacity: 4 });
    const one = sliceOf([1, 0, 0, 0], [1, 1, 1, 1]);
    placeSlicesReference({ slices: [one, one, one], target, firstRow: 0, firstPosition: 1, table });
    // (1, 0) after 1, 2 and 3 quarter turns.
    expectClose(target.layers[0]!.keys, [0, 0, 1, 0, -1, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0]);
  });

  test("what transformers' rotate_half computes (theta 10000, positions 57 and 58)", () => {
    const eight = { layers: 1, kvHeads: 1, headDim: 8 };
    const keys = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, -0.5, 0.25, 1.5, -2, 0.75, -1, 0.125, 3);
    const target = createKvArrays({ shape: eight, dtype: "float32", capacity: 2 });
    placeSlicesReference({
      slices: [{ shape: eight, dtype: "float32", tokens: 2, keys, values: keys }],
      target,
      firstRow: 0,
      firstPosition: 57,
      table: createRotaryTable({ headDim: 8, theta: 10000, positions: 64 }),
    });
    // x * cos + rotate_half(x) * sin in f64, in Python.
    expectClose(
      target.layers[0]!.keys,
      [
        -1.280956949, 4.973538825, -1.251721416, 3.537750643, 4.93549889, 3.906905624, 7.512202972,
        8.214884076, -0.804244554, -0.2432223, 1.186190983, -2.170539403, -0.407051222, -1.001670062,
        0.926593736, 2.879020441,
      ],
    );
  });

  for (const c of KERNEL_CASES) {
    test(`as complex numbers compute it: ${c.name}`, () => {
      const { layers, kvHeads, headDim } = c.shape;
      const slices = c.tokens.map((tokens, i) => seededSlice(c.shape, c.slices, tokens, 7 + i));
      const target = seededArrays({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
      const expected = structuredClone(target);
      const cast = c.engine === "float16" ? halfFromFloat : (x: number) => x;
      let row = 0;
      for (const slice of slices) {
        const keys = numbersOf(slice.keys);
        const values = numbersOf(slice.values);
        for (let i = 0; i < layers * kvHeads * slice.tokens; i++) {
          const [layer, head] = [
            Math.floor(i / (kvHeads * slice.tokens)),
            Math.floor(i / slice.tokens) % kvHeads,
          ];
          const token = i % slice.tokens;
          const key = keys.subarray(i * headDim, (i + 1) * headDim);
          const turned = ropeByComplexNumbers(
            key,
            c.firstPosition + row + token,
            THETA,
            c.rotaryDim,
            c.pairs,
          );
          const to = (head * c.capacity + c.firstRow + row + token) * headDim;
          expected.layers[layer]!.keys.set(turned.map(cast), to);
          const value = values.subarray(i * headDim, (i + 1) * headDim);
          expected.layers[layer]!.values.set(Array.from(value, cast), to);
        }
        row += slice.tokens;
      }
      placeSlicesReference({
        slices,
        target,
        firstRow: c.firstRow,
        firstPosition: c.firstPosition,
        table: tableOf(c),
      });
      for (const [layer, { keys, values }] of expected.layers.entries()) {
        // A 16-bit result may fall to the other side of a tie: one unit in the last place of 2.
        expectClose(
          numbersOf(target.layers[layer]!.keys),
          numbersOf(keys),
          c.engine === "float16" ? 2e-3 : 2e-6,
        );
        expect(target.layers[layer]!.values).toEqual(values);
      }
    });
  }

  test("numbers beyond the range of 16 bits become its largest", () => {
    const target = createKvArrays({ shape, dtype: "float16", capacity: 1 });
    const slice = sliceOf([0, 0, 0, 0], [1e9, -1e9, 65504, 1]);
    placeSlicesReference({ slices: [slice], target, firstRow: 0, firstPosition: 0, table });
    expect(Array.from(target.layers[0]!.values as Uint16Array, floatFromHalf)).toEqual([
      65504, -65504, 65504, 1,
    ]);
  });

  test("refuses before it writes", () => {
    const target = createKvArrays({ shape, dtype: "float32", capacity: 2 });
    const good = sliceOf([1, 2, 3, 4], [1, 2, 3, 4]);
    const bad = { ...good, keys: good.keys.subarray(1) };
    const place = () =>
      placeSlicesReference({ slices: [good, bad], target, firstRow: 0, firstPosition: 0, table });
    expect(place).toThrow(expect.objectContaining({ name: "KvShapeError" }));
    expect(target).toEqual(createKvArrays({ shape, dtype: "float32", capacity: 2 }));
  });
});

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++) {
    expect(Math.abs(got[i]! - expected[i]!), `element ${i}`).toBeLessThanOrEqual(tolerance);
  }
}
