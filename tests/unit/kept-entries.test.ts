import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { openKeptEntries } from "../../src/app/report/kept-entries.ts";

test("what one run finished is there for the next, by name and number; its lines are those that it opened", async () => {
  const kept = await openKeptEntries("entries of two runs");
  const first = kept.run();
  const kv = await first.open<string>("kv-1", { mode: "kv" });
  expect(kv.get(0)).toBeUndefined();
  await kv.put(0, "zero");
  await kv.put(11, "eleven");
  await kv.put(2, "two");
  await (await first.open<string>("kv-10", { mode: "kv", other: true })).put(0, "another's");
  expect(kv.get(2)).toBe("two");

  const second = kept.run();
  const again = await second.open<string>("kv-1", { mode: "kv" });
  expect([0, 1, 2, 11].map((n) => again.get(n))).toEqual(["zero", undefined, "two", "eleven"]);
  expect(
    (await second.lines())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { configuration: { mode: "kv" } },
    { n: 0, value: "zero" },
    { n: 2, value: "two" },
    { n: 11, value: "eleven" },
  ]);
  expect(await kept.count()).toBe(4);
});

test("all can be deleted", async () => {
  const kept = await openKeptEntries("entries to delete");
  await (await kept.run().open<string>("kv-1", {})).put(0, "zero");
  await kept.deleteAll();
  expect(await kept.count()).toBe(0);
  expect((await kept.run().open<string>("kv-1", {})).get(0)).toBeUndefined();
});
