/**
 * What rotation must hold, whoever does it: invariant 1 of the method. Every case has several rows and several
 * heads, and its positions are not 0, because a sign error hides at position 0 and a stride error in one row.
 */
import { describe, expect, test } from "vitest";
import { createKvArrays, type KvArrays } from "../../src/kernels/kv-buffers.ts";
import { createRotaryTable, type RotaryTable } from "../../src/kernels/rotary-table.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { seededSlice } from "./kv-rows.ts";
import { ropeByComplexNumbers } from "./rope.ts";

/** Rows in, rows out: place a slice into empty rows, and take rows as a slice. */
export interface Rotation {
  place(
    slices: readonly KvSlice[],
    firstRow: number,
    firstPosition: number,
    table: RotaryTable,
  ): Promise<KvArrays>;
  take(
    source: KvArrays,
    from: number,
    to: number,
    firstPosition: number,
    table: RotaryTable,
  ): Promise<KvSlice>;
}

const shape = { layers: 2, kvHeads: 3, headDim: 16 };
export const ROTATION_CAPACITY = 9;
const theta = 500;
const TOKENS = 4;
const FIRST_ROW = 2;
const TOLERANCE = 5e-6;

export function rotationSuite(name: string, { place, take }: Rotation): void {
  const table = createRotaryTable({ headDim: 16, theta, positions: 2000 });
  const slice = seededSlice(shape, "float32", TOKENS, 42);

  /** Rows whose keys stand at `firstPosition`…, made without the code under test. */
  const roped = (firstPosition: number, rotaryDim = 16): KvArrays => {
    const arrays = createKvArrays({ shape, dtype: "float32", capacity: ROTATION_CAPACITY });
    eachKey((layer, _head, token, at, row) => {
      const key = slice.keys.subarray(at, at + shape.headDim);
      arrays.layers[layer]!.keys.set(ropeByComplexNumbers(key, firstPosition + token, theta, rotaryDim), row);
      arrays.layers[layer]!.values.set(slice.values.subarray(at, at + shape.headDim), row);
    });
    return arrays;
  };

  describe(`rotation › ${name}`, () => {
    test("rotate(strip(rope(k, p)), q) = rope(k, q)", async () => {
      for (const [p, q] of [
        [57, 1],
        [1, 57],
        [300, 1900],
        [1900, 0],
        [13, 13],
      ] as const) {
        const stripped = await take(roped(p), FIRST_ROW, FIRST_ROW + TOKENS, p, table);
        expectClose(await place([stripped], FIRST_ROW, q, table), roped(q));
      }
    });

    test("the same with a part of the head rotated", async () => {
      const partial = createRotaryTable({ headDim: 16, rotaryDim: 6, theta, positions: 2000 });
      const stripped = await take(roped(57, 6), FIRST_ROW, FIRST_ROW + TOKENS, 57, partial);
      expectClose(await place([stripped], FIRST_ROW, 910, partial), roped(910, 6));
    });

    test("stripping what was rotated gives the same keys; values are never touched", async () => {
      for (const position of [1, 57, 1900]) {
        const placed = await place([slice], FIRST_ROW, position, table);
        const back = await take(placed, FIRST_ROW, FIRST_ROW + TOKENS, position, table);
        expect(worst(back.keys, slice.keys)).toBeLessThan(TOLERANCE);
        expect(back.values).toEqual(slice.values);
        // The control: at another position it must not fit.
        const wrong = await take(placed, FIRST_ROW, FIRST_ROW + TOKENS, position + 1, table);
        expect(worst(wrong.keys, slice.keys)).toBeGreaterThan(0.1);
      }
    });

    test("rotation by 0 changes no bit", async () => {
      // No frequency turns, so rotation is by 0 at every position and in every row.
      const still = createRotaryTable({
        headDim: 16,
        theta,
        positions: 100,
        inverseFrequencies: new Array(8).fill(0),
      });
      const placed = await place([slice], FIRST_ROW, 57, still);
      eachKey((layer, _head, _token, at, row) => {
        const key = placed.layers[layer]!.keys.subarray(row, row + shape.headDim);
        expect(key).toEqual(slice.keys.subarray(at, at + shape.headDim));
      });
    });

    test("rotations add up: 31 and then 26 more is 57", async () => {
      const at57 = await place([slice], FIRST_ROW, 57, table);
      // Row r stands at 57 + r and is turned back by 31 + r: a turn of 26 stays, in every row.
      const at26 = await take(at57, FIRST_ROW, FIRST_ROW + TOKENS, 31, table);
      expectClose(await place([at26], FIRST_ROW, 31, table), at57);
      eachKey((_layer, _head, _token, at) => {
        const expected = ropeByComplexNumbers(slice.keys.subarray(at, at + shape.headDim), 26, theta);
        expect(worst(at26.keys.subarray(at, at + shape.headDim), Float32Array.from(expected))).toBeLessThan(
          TOLERANCE,
        );
      });
    });

    test("two tokens taken at 40 and 41 land at 0 and 1 as if encoded there", async () => {
      const taken = await take(roped(40), FIRST_ROW, FIRST_ROW + 2, 40, table);
      const placed = await place([taken], FIRST_ROW, 0, table);
      const expected = roped(0);
      eachKey((layer, _head, token, _at, row) => {
        if (token > 1) return;
        const got = placed.layers[layer]!.keys.subarray(row, row + shape.headDim);
        const meant = expected.layers[layer]!.keys.subarray(row, row + shape.headDim);
        expect(worst(got, meant)).toBeLessThan(TOLERANCE);
      });
    });
  });
}

/** Calls back for every key: where it starts in a slice, and where in a layer's rows. */
function eachKey(use: (layer: number, head: number, token: number, at: number, row: number) => void): void {
  const { layers, kvHeads, headDim } = shape;
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < kvHeads; head++) {
      for (let token = 0; token < TOKENS; token++) {
        const at = ((layer * kvHeads + head) * TOKENS + token) * headDim;
        use(layer, head, token, at, (head * ROTATION_CAPACITY + FIRST_ROW + token) * headDim);
      }
    }
  }
}

function expectClose(got: KvArrays, expected: KvArrays): void {
  for (const [layer, { keys, values }] of expected.layers.entries()) {
    expect(worst(got.layers[layer]!.keys, keys)).toBeLessThan(TOLERANCE);
    expect(got.layers[layer]!.values).toEqual(values);
  }
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let distance = 0;
  for (let i = 0; i < b.length; i++) distance = Math.max(distance, Math.abs(a[i]! - b[i]!));
  return distance;
}
