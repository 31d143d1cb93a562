/** Intervals: against what is known of the binomial distribution, and against the edges. */
import { describe, expect, test } from "vitest";
import { bootstrap, percentile, RESAMPLES } from "../../src/evaluation/bootstrap.ts";
import { generator } from "../../src/evaluation/generator.ts";

const meanOf = (values: readonly number[]) => (indices: Uint32Array) =>
  indices.reduce((sum, i) => sum + values[i]!, 0) / indices.length;

describe("percentile", () => {
  test("between neighbours in proportion", () => {
    expect(percentile([0, 10, 20, 30, 40], 0.5)).toBe(20);
    expect(percentile([0, 10, 20, 30, 40], 0.025)).toBeCloseTo(1);
    expect(percentile([0, 10, 20, 30, 40], 0.975)).toBeCloseTo(39);
    expect(percentile([7], 0.975)).toBe(7);
  });
});

describe("generator", () => {
  test("numbers in [0, 1) that fill it evenly, the same for a seed and others for another", () => {
    const draw = (seed: number) => Array.from({ length: 10_000 }, generator(seed));
    const numbers = draw(3);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const tenths = Array.from(
      { length: 10 },
      (_, i) => numbers.filter((x) => Math.floor(10 * x) === i).length,
    );
    // Six standard deviations of a count of 1,000.
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(180);
    expect(draw(3)).toEqual(numbers);
    expect(draw(4)).not.toEqual(numbers);
  });
});

describe("bootstrap", () => {
  test.each([
    // 2.5th and 97.5th percentile of the binomial distribution, in percent.
    { right: 50, of: 100, low: 40, high: 60 },
    { right: 10, of: 100, low: 5, high: 16 },
    { right: 120, of: 400, low: 25.5, high: 34.5 },
  ])("$right of $of right lies in [$low, $high] percent", ({ right, of, low, high }) => {
    const values = Array.from({ length: of }, (_, i) => (i < right ? 100 : 0));
    const interval = bootstrap(of, meanOf(values))!;
    expect(Math.abs(interval[0] - low)).toBeLessThanOrEqual(1);
    expect(Math.abs(interval[1] - high)).toBeLessThanOrEqual(1);
  });

  test("the same each time, and a little other with another seed", () => {
    const values = Array.from({ length: 60 }, (_, i) => (i * i) % 17);
    expect(bootstrap(60, meanOf(values))).toEqual(bootstrap(60, meanOf(values)));
    expect(bootstrap(60, meanOf(values), 2)).not.toEqual(bootstrap(60, meanOf(values)));
  });

  test("two thousand resamples, each as large as the sample", () => {
    const sizes: number[] = [];
    bootstrap(7, (indices) => sizes.push(indices.length));
    expect([sizes.length, new Set(sizes)]).toEqual([RESAMPLES, new Set([7])]);
    expect(RESAMPLES).toBe(2000);
  });

  test("no question, or no figure, no interval; a resample without a figure is left out", () => {
    expect(bootstrap(0, () => 1)).toBeNull();
    expect(bootstrap(3, () => Number.NaN)).toBeNull();
    let calls = 0;
    expect(bootstrap(3, () => (calls++ % 2 === 0 ? Number.NaN : 5))).toEqual([5, 5]);
  });
});
