/** Rankings that do not cover every entry: who decides about those that one of them could not have found. */
import { describe, expect, it } from "vitest";
import { fuse, type Ranking } from "../../src/retrieve/fuse.ts";

const ranking = (ids: string, weight: number, covered?: string): Ranking => ({
  ranked: [...ids].map((id, place) => ({ id, similarity: (9 - place) / 10 })),
  weight,
  ...(covered === undefined ? {} : { covers: (id) => covered.includes(id) }),
});
const order = (...rankings: Ranking[]) =>
  fuse(rankings, { placeOf: (id) => id.charCodeAt(0) })
    .map(({ id }) => id)
    .join("");
const similarityOf = (id: string, ...rankings: Ranking[]) =>
  fuse(rankings, { placeOf: () => 0 }).find((entry) => entry.id === id)?.similarity;

describe("fuse", () => {
  it("an entry that one ranking does not cover has the rank of the others there too", () => {
    // b is second by words; by meaning it could not be found, and counts as second there.
    expect(order(ranking("abc", 1), ranking("ac", 1, "ac"))).toBe("abc");
    // Covered and not found, it falls behind what both find.
    expect(order(ranking("abc", 1), ranking("ac", 1))).toBe("acb");
    expect(similarityOf("b", ranking("abc", 1), ranking("ac", 1, "ac"))).toBe(0.8);
    expect(similarityOf("b", ranking("abc", 1), ranking("ac", 1))).toBe(0.8);
  });

  it("a ranking of weight 0 speaks only of what the others do not cover", () => {
    const words = ranking("xbay", 0);
    // a and b alone are covered: first and second by meaning, whatever the words say; x is first by words, y fourth.
    expect(order(words, ranking("ab", 1, "ab"))).toBe("axby");
    expect(order(words, ranking("ab", 1))).toBe("ab");
    expect(similarityOf("x", words, ranking("ab", 1, "ab"))).toBeCloseTo(0.9, 12);
    expect(similarityOf("a", words, ranking("ab", 1, "ab"))).toBeCloseTo(0.9, 12);
  });

  it("what no ranking found is not there", () => {
    expect(fuse([ranking("", 1), ranking("", 2)], { placeOf: () => 0 })).toEqual([]);
  });
});
