/** 16-bit floats as bit patterns. */
import { expect, test } from "vitest";
import { floatFromHalf, HALF_MAX, halfFromFloat } from "../../src/kernels/half.ts";

test("half › known patterns", () => {
  const known = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, HALF_MAX],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x7c00, Number.POSITIVE_INFINITY],
  ] as const;
  for (const [bits, value] of known) expect(floatFromHalf(bits)).toBe(value);
  expect(floatFromHalf(0x7e00)).toBeNaN();
});

test("half › every finite pattern survives the way to 32 bits and back", () => {
  const finite = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
    (bits) => (bits & 0x7c00) !== 0x7c00,
  );
  expect(finite.filter((bits) => halfFromFloat(floatFromHalf(bits)) !== bits)).toEqual([]);
});

test("half › rounds to the nearest pattern, ties to the even one", () => {
  for (const bits of [0x0000, 0x0001, 0x03fe, 0x03ff, 0x0400, 0x3c00, 0x3c01, 0x57ff, 0x7bfd]) {
    const [low, high] = [floatFromHalf(bits), floatFromHalf(bits + 1)];
    expect(halfFromFloat(low + (high - low) * 0.49)).toBe(bits);
    expect(halfFromFloat(low + (high - low) * 0.51)).toBe(bits + 1);
    expect(halfFromFloat((low + high) / 2)).toBe(bits % 2 === 0 ? bits : bits + 1);
  }
});

test("half › what is out of range becomes the largest finite number; NaN stays NaN", () => {
  for (const value of [65519, 65520, 1e9, Number.POSITIVE_INFINITY]) {
    expect(floatFromHalf(halfFromFloat(value))).toBe(HALF_MAX);
    expect(floatFromHalf(halfFromFloat(-value))).toBe(-HALF_MAX);
  }
  expect(floatFromHalf(halfFromFloat(Number.NaN))).toBeNaN();
  expect(halfFromFloat(1e-9)).toBe(0);
});
