/** Reciprocal rank fusion: the scores of the formula, weights, windows, and one set of entries in all indexes. */
import { describe, expect, it } from "vitest";
import { FusedIndex } from "../../src/retrieve/fused-index.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { SearchOptions, TextIndex } from "../../src/retrieve/text-index.ts";
import type { Ranked } from "../../src/terms/document.ts";

/** Finds what it was told, in that order, of what is there: "similarity id, …". */
class ScriptedIndex implements TextIndex {
  readonly #entries = new Set<string>();
  readonly ranking: string;
  constructor(ranking: string) {
    this.ranking = ranking;
  }
  get size() {
    return this.#entries.size;
  }
  add(id: string) {
    this.#entries.add(id);
  }
  remove(id: string) {
    this.#entries.delete(id);
  }
  clear() {
    this.#entries.clear();
  }
  async search(_: string, { k, skip = 0, accept }: SearchOptions): Promise<Ranked[]> {
    return this.ranking
      .split(", ")
      .map((entry) => ({ id: entry.split(" ")[1]!, similarity: Number(entry.split(" ")[0]) }))
      .filter(({ id }) => this.#entries.has(id) && (accept?.(id) ?? true))
      .slice(skip, skip + k);
  }
}

function fused(rankings: readonly string[], weights: readonly number[] = [], rankConstant?: number) {
  const parts = rankings.map((ranking, i) => ({
    index: new ScriptedIndex(ranking),
    ...(weights[i] === undefined ? {} : { weight: weights[i] }),
  }));
  const index = new FusedIndex(parts, rankConstant === undefined ? {} : { rankConstant });
  for (const id of "abcdef") index.add(id, { text: id });
  return { index, parts: parts.map((part) => part.index) };
}

const ids = async (index: TextIndex, k = 9, more = {}) =>
  (await index.search("any", { k, ...more })).map(({ id }) => id);

describe("fused-index", () => {
  // 1/61 + 1/64 = .03202 (d), 1/62 + 1/63 = .03200 (b), 1/63 + 1/62 = .03200 (a), 1/61 (f), 1/64 (c)
  const TWO = ["0.9 d, 0.8 b, 0.7 a, 0.6 c", "0.5 f, 0.4 a, 0.3 b, 0.2 d"];

  it("orders by the sum of 1 / (60 + rank), ties by the order of adding", async () => {
    const { index } = fused(TWO);
    expect(await ids(index)).toEqual(["d", "a", "b", "f", "c"]);
  });

  it("with a smaller constant first ranks count more", async () => {
    const { index } = fused(TWO, [], 0);
    // 1 + 1/4, 1, 1/2 + 1/3 twice, 1/4
    expect(await ids(index)).toEqual(["d", "f", "a", "b", "c"]);
  });

  it("weights: what the heavier index prefers comes first", async () => {
    expect((await ids(fused(TWO, [10, 1]).index)).slice(0, 3)).toEqual(["d", "b", "a"]);
    expect((await ids(fused(TWO, [1, 10]).index)).slice(0, 3)).toEqual(["a", "b", "d"]);
    expect(() => fused(TWO, [0])).toThrow(
      expect.objectContaining({ name: "InputError", message: expect.stringContaining("weight 0") }),
    );
  });

  it("similarity is the highest that an index reports, whatever the weights", async () => {
    const { index } = fused(TWO, [3, 1]);
    const found = new Map((await index.search("any", { k: 9 })).map((found) => [found.id, found.similarity]));
    expect(found.get("d")).toBe(0.9);
    expect(found.get("f")).toBe(0.5);
    expect(found.get("c")).toBe(0.6);
  });

  it("a window that moves on continues the same order; accept passes over before ranks are counted", async () => {
    const { index } = fused(TWO);
    const whole = await ids(index);
    expect([...(await ids(index, 2)), ...(await ids(index, 2, { skip: 2 }))]).toEqual(whole.slice(0, 4));
    expect(await ids(index, 9, { accept: (id: string) => id !== "d" })).toEqual(["b", "a", "f", "c"]);
  });

  it("adds, removes and clears in all of them", async () => {
    const { index, parts } = fused(TWO);
    index.remove("d");
    expect([index.size, ...parts.map(({ size }) => size)]).toEqual([5, 5, 5]);
    expect(await ids(index)).not.toContain("d");
    index.clear();
    expect([index.size, ...parts.map(({ size }) => size)]).toEqual([0, 0, 0]);
    expect(await ids(index)).toEqual([]);
  });

  it("an entry that was removed while one index was at work is not found", async () => {
    const { index, parts } = fused(TWO);
    const search = parts[1]!.search.bind(parts[1]);
    parts[1]!.search = async (query, options) => {
      index.remove("d");
      return search(query, options);
    };
    expect(await ids(index)).not.toContain("d");
  });

  it("over one index it keeps its order and its similarities", async () => {
    const lexical = new LexicalIndex();
    const index = new FusedIndex([{ index: new LexicalIndex(), weight: 0.3 }]);
    for (const [i, text] of ["born in Velin", "Velin", "a town", "born in a town, Velin"].entries()) {
      for (const each of [lexical, index]) each.add(String(i), { title: `Title ${i}`, text });
    }
    const options = { k: 3, skip: 1 };
    const found = await index.search("who was born in Velin", options);
    const expected = await lexical.search("who was born in Velin", options);
    expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    found.forEach(({ similarity }, i) => {
      expect(similarity).toBeCloseTo(expected[i]!.similarity, 12);
    });
  });
});
