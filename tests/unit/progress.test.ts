/** What `npm run eval` says of how far it is. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createProgressPrinter } from "../../scripts/lib/progress.ts";

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  vi.spyOn(console, "error").mockImplementation((line: string) => void said.push(line));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("time is reckoned from finished tasks alone: logs that fill a bank are none, nor are an earlier run's", () => {
  const print = createProgressPrinter();
  const after = (seconds: number) => vi.advanceTimersByTime(seconds * 1000);
  const kept = 40;
  after(60);
  print({ label: "logs encoded", done: 1, total: 300, all: { done: kept, total: 100, kept } });
  after(900);
  print({ label: "logs encoded", done: 300, total: 300, all: { done: kept, total: 100, kept } });
  after(10);
  print({ label: "mode kv", done: 1, total: 60, all: { done: kept + 1, total: 100, kept } });
  after(10);
  print({ label: "mode kv", done: 2, total: 60, all: { done: kept + 2, total: 100, kept } });
  expect(said[1]).toBe("logs encoded: 300/300; 40/100 of all");
  expect(said.at(-1)).toBe("mode kv: 2/60; 42/100 of all, 10 min left");
  print({ label: "mode kv", done: 60, total: 60, all: { done: 100, total: 100, kept } });
  expect(said.at(-1)).toBe("mode kv: 60/60");
});
