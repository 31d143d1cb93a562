/** Many calls, few runs: none is lost, none overlaps. */
import { expect, test } from "vitest";
import { coalesced } from "../../src/app/coalesced.ts";

test("calls during a run are answered by one more run, which begins after them", async () => {
  const seen: number[] = [];
  let called = 0;
  let busy = 0;
  const refresh = coalesced(async () => {
    busy += 1;
    expect(busy).toBe(1);
    seen.push(called);
    await new Promise((resolve) => setTimeout(resolve, 2));
    busy -= 1;
  });
  const ends: Promise<void>[] = [];
  for (called = 1; called <= 100; called += 1) ends.push(refresh());
  await Promise.all(ends);
  expect(seen[0]).toBe(1);
  expect(seen).toHaveLength(2);
  expect(seen[1]).toBeGreaterThanOrEqual(100);
  await refresh();
  expect(seen).toHaveLength(3);
});

test("a run that fails tells its caller, and the next call runs again", async () => {
  let fail = true;
  const refresh = coalesced(async () => {
    if (fail) throw new Error("no");
  });
  await expect(refresh()).rejects.toThrow("no");
  fail = false;
  await refresh();
});
