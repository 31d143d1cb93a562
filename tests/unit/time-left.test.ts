import { expect, test } from "vitest";
import { timeLeft } from "../../src/evaluation/time-left.ts";

test("what is left takes as long a task as what was done since the first one, whatever was there before", () => {
  let clock = 1000;
  const left = timeLeft(() => clock);
  expect(left(41, 60)).toBeNull(); // 40 were there from an earlier run
  clock += 2000;
  expect(left(42, 60)).toBe(36_000);
  clock += 4000;
  expect(left(43, 60)).toBe(51_000);
  expect(left(60, 60)).toBe(0);
});

test("what is done before the first task is no part of its time", () => {
  let clock = 0;
  const left = timeLeft(() => clock);
  for (clock of [0, 50_000]) expect(left(40, 60)).toBeNull(); // logs that fill a bank
  clock += 2000;
  expect(left(41, 60)).toBe(38_000);
});
