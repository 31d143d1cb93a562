/** How invocations are laid over workgroups. */
import { expect, test } from "vitest";
import { dispatchGrid } from "../../src/gpu/dispatch-grid.ts";

test("dispatch-grid › as many groups as are needed, in one line while it fits", () => {
  expect(dispatchGrid(1, 64, 65535)).toEqual([1, 1]);
  expect(dispatchGrid(64, 64, 65535)).toEqual([1, 1]);
  expect(dispatchGrid(65, 64, 65535)).toEqual([2, 1]);
  expect(dispatchGrid(65535 * 64, 64, 65535)).toEqual([65535, 1]);
});

test("dispatch-grid › folds at the limit and still covers everything", () => {
  for (const groups of [11, 19, 20, 21, 99, 100]) {
    const [x, y] = dispatchGrid(groups * 64 - 5, 64, 10);
    expect(x).toBeLessThanOrEqual(10);
    expect(y).toBeLessThanOrEqual(10);
    expect(x * y).toBeGreaterThanOrEqual(groups);
    // No more than one line is begun in vain.
    expect(x * y - groups).toBeLessThan(x + y);
  }
});

test("dispatch-grid › refuses what no grid holds", () => {
  expect(() => dispatchGrid(101 * 64, 64, 10)).toThrow(RangeError);
});
