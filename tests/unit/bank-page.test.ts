/** The bank's page: which logs it lists, in which order, and where its map puts them. */
import { describe, expect, it } from "vitest";
import { logMatches, type Order, sorted } from "../../src/app/bank/log-list.ts";
import { HEIGHT, placesOf, WIDTH } from "../../src/app/bank/log-map.ts";
import { anEntry, aSlice } from "../support/log-entries.ts";

const log = (id: string, createdAt: number, tokens: number, steps = 2) =>
  anEntry(id, { createdAt, steps }, aSlice(tokens)).log;
const LOGS = [log("new", 300, 4), log("middle", 200, 25, 3), log("old", 100, 0, 1)];
const SIMILARITY = new Map([
  ["old", 1],
  ["middle", 0.5],
]);

describe("bank page", () => {
  it.each<[Order, string[]]>([
    ["newest", ["new", "middle", "old"]],
    ["oldest", ["old", "middle", "new"]],
    ["largest", ["middle", "new", "old"]],
    ["steps", ["middle", "new", "old"]],
    ["similar", ["old", "middle", "new"]],
  ])("sorts by %s", (order, ids) => {
    expect(sorted([...LOGS].reverse(), order, SIMILARITY).map(({ id }) => id)).toEqual(ids);
  });

  it("searches questions, responses and titles of documents for every word", () => {
    for (const found of ["FATHER new", "keywords", "title"]) expect(logMatches(LOGS[0]!, found)).toBe(true);
    expect(logMatches(LOGS[0]!, "father old")).toBe(false);
  });

  it("the map: newer is further right, more similar is higher, more rows are larger, all of it inside", () => {
    const [fresh, middle, old] = placesOf(LOGS, SIMILARITY);
    expect(fresh!.x).toBeGreaterThan(middle!.x);
    expect(middle!.x).toBe(WIDTH / 2);
    expect(old!.x).toBeLessThan(middle!.x);
    expect(old!.y).toBeLessThan(middle!.y);
    expect(middle!.y).toBeLessThan(fresh!.y);
    expect(middle!.radius).toBeGreaterThan(fresh!.radius);
    for (const { x, y, radius } of [fresh!, middle!, old!]) {
      expect(x - radius).toBeGreaterThan(0);
      expect(x + radius).toBeLessThan(WIDTH);
      expect(y - radius).toBeGreaterThan(0);
      expect(y + radius).toBeLessThan(HEIGHT);
    }
    expect(placesOf([LOGS[0]!], SIMILARITY)[0]!.x).toBe(WIDTH / 2);
  });
});
