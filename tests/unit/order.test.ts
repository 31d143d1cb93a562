/** Orders and subsets that a seed draws. */
import { describe, expect, test } from "vitest";
import { drawOrder, drawSubset } from "../../src/evaluation/order.ts";
import { split } from "../../src/evaluation/split.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("drawOrder", () => {
  test("every index once, in another order, the same for a seed", () => {
    const order = drawOrder(50, 3);
    expect(order.toSorted((a, b) => a - b)).toEqual(upTo(50));
    expect(order).not.toEqual(upTo(50));
    expect(drawOrder(50, 3)).toEqual(order);
    expect(drawOrder(50, 4)).not.toEqual(order);
  });

  test("nothing of nothing", () => expect(drawOrder(0, 1)).toEqual([]));

  test("the first of an order are the unseen ones of a split by the same seed", () => {
    const { unseen } = split(upTo(20), 0.3, 9);
    expect(drawSubset(20, 6, 9)).toEqual(unseen);
  });
});

describe("drawSubset", () => {
  test("a smaller one is part of every larger one of its seed, each in the order of the list", () => {
    const sizes = [0, 1, 5, 12, 30];
    const subsets = sizes.map((size) => drawSubset(30, size, 2));
    expect(subsets.map(({ length }) => length)).toEqual(sizes);
    for (const [i, subset] of subsets.entries()) {
      expect(subset).toEqual(subset.toSorted((a, b) => a - b));
      if (i > 0) expect(subset).toEqual(expect.arrayContaining([...subsets[i - 1]!]));
    }
    expect(subsets.at(-1)).toEqual(upTo(30));
    expect(drawSubset(30, 5, 3)).not.toEqual(subsets[2]);
  });

  test("more than there are is all of them", () => expect(drawSubset(3, 9, 1)).toEqual([0, 1, 2]));
});
