/** Tables of cosines and sines. */
import { describe, expect, test } from "vitest";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";

describe("rotary-table", () => {
  test("holds the cosine and sine of position times frequency, rounded once", () => {
    const { cosSin, positions, rotaryDim } = createRotaryTable({ headDim: 8, theta: 10000, positions: 5000 });
    expect([positions, rotaryDim, cosSin.length]).toEqual([5000, 8, 5000 * 8]);
    for (const position of [0, 1, 57, 4999]) {
      for (let i = 0; i < 4; i++) {
        const angle = position / 10000 ** ((2 * i) / 8);
        expect(cosSin[position * 8 + 2 * i]).toBeCloseTo(Math.cos(angle), 7);
        expect(cosSin[position * 8 + 2 * i + 1]).toBeCloseTo(Math.sin(angle), 7);
      }
    }
  });

  test("frequencies depend on the rotated part, not on the head size", () => {
    const part = createRotaryTable({ headDim: 64, rotaryDim: 16, theta: 10000, positions: 9 });
    const whole = createRotaryTable({ headDim: 16, theta: 10000, positions: 9 });
    expect(part.cosSin).toEqual(whole.cosSin);
  });

  test("takes frequencies as they are given", () => {
    const { cosSin } = createRotaryTable({
      headDim: 4,
      theta: 7,
      positions: 3,
      inverseFrequencies: [0.5, 0.25],
    });
    expect(cosSin[2 * 4 + 2]).toBeCloseTo(Math.cos(0.5), 7);
  });

  const refused = {
    "an odd head size": [{ headDim: 7 }, /head size of 7/],
    "more rotated elements than there are": [{ rotaryDim: 10 }, /10 rotated elements/],
    "an odd number of rotated elements": [{ rotaryDim: 3 }, /3 rotated elements/],
    "no positions": [{ positions: 0 }, /0 positions/],
    "a wrong number of frequencies": [{ inverseFrequencies: [1] }, /1 rotary frequencies, expected 4/],
    "a rotary base of 0": [{ theta: 0 }, /base of 0/],
  } as const;
  for (const [name, [change, message]] of Object.entries(refused)) {
    test(`refuses ${name}`, () => {
      expect(() => createRotaryTable({ headDim: 8, theta: 10000, positions: 4, ...change })).toThrow(
        expect.objectContaining({ name: "KvShapeError", message: expect.stringMatching(message) }),
      );
    });
  }
});
