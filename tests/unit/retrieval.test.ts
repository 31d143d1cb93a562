/** How logs and documents are to be found: the option as an object, as one word, and as it is written. */
import { describe, expect, it } from "vitest";
import { createIndex } from "../../src/retrieve/choose-index.ts";
import {
  needsEmbedder,
  parseRetrieval,
  type RetrievalKind,
  readRetrieval,
} from "../../src/terms/retrieval.ts";
import { LetterEmbedder } from "../support/letter-embedder.ts";

const EVEN = { lexical: 1, dense: 1 };

describe("readRetrieval", () => {
  it("is lexical where nothing is said", () => {
    expect(readRetrieval()).toEqual({ logs: "lexical", documents: "lexical", weights: EVEN });
    expect(readRetrieval({ logs: "dense" })).toEqual({ logs: "dense", documents: "lexical", weights: EVEN });
  });

  it("takes one kind for both, or each by its name, and weights", () => {
    expect(readRetrieval("fused")).toEqual({ logs: "fused", documents: "fused", weights: EVEN });
    const weighed = readRetrieval({ documents: "fused", weights: { dense: 0.5 } });
    expect(weighed).toEqual({ logs: "lexical", documents: "fused", weights: { lexical: 1, dense: 0.5 } });
  });

  it("gives what it has read again", () => {
    const read = readRetrieval({ documents: "dense" });
    expect(readRetrieval(read)).toEqual(read);
  });

  it.each([
    ["near", /retrieval of logs is "near", expected one of lexical, dense, fused/],
    [{ documents: 3 }, /retrieval of documents is 3/],
    [{ logs: "fused", weights: { dense: 0 } }, /weight of the dense ranking is 0, expected a number above 0/],
    [{ logs: "fused", weights: { lexical: "2" } }, /weight of the lexical ranking is 2/],
  ])("refuses %j", (given, message) => {
    const read = () => readRetrieval(given as RetrievalKind);
    expect(read).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(read).toThrow(message);
  });

  it("takes the numbers of the vectors", () => {
    expect(readRetrieval({ logs: "dense", vectors: "int8" })).toMatchObject({ vectors: "int8" });
    expect(parseRetrieval("dense", undefined, "int8")).toEqual({
      ...readRetrieval("dense"),
      vectors: "int8",
    });
    expect(() => readRetrieval({ vectors: "int4" as "int8" })).toThrow(
      /vectors is "int4", expected one of float32, int8/,
    );
    expect(() => parseRetrieval("lexical", undefined, "int8")).toThrow(/nothing is found by vectors/);
  });

  it("knows what needs an embedder", () => {
    expect(needsEmbedder(readRetrieval())).toBe(false);
    expect(needsEmbedder(readRetrieval({ documents: "dense" }))).toBe(true);
    expect(needsEmbedder(readRetrieval({ logs: "fused" }))).toBe(true);
  });
});

describe("parseRetrieval", () => {
  it("reads one kind or two, and two weights", () => {
    expect(parseRetrieval(undefined, undefined)).toEqual(readRetrieval());
    expect(parseRetrieval("dense", undefined)).toEqual(readRetrieval("dense"));
    const both = { logs: "fused", documents: "lexical", weights: { lexical: 1, dense: 2.5 } } as const;
    expect(parseRetrieval("fused,lexical", "1,2.5")).toEqual(both);
  });

  it.each([
    ["fused,lexical,dense", undefined, /retrieval is "fused,lexical,dense", expected one of/],
    ["fussed", undefined, /retrieval of logs is "fussed"/],
    ["fused,", undefined, /retrieval of documents is ""/],
    ["fused", "1", /fusion is "1", expected two weights/],
    ["fused", "1,2,3", /fusion is "1,2,3"/],
    ["fused", "1,x", /weight of the dense ranking is NaN/],
    [undefined, "1,2", /fusion is "1,2", but nothing is found by fused/],
    ["dense,lexical", "1,2", /nothing is found by fused/],
  ])("refuses %j with %j", (kinds, weights, message) => {
    expect(() => parseRetrieval(kinds, weights)).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(() => parseRetrieval(kinds, weights)).toThrow(message);
  });
});

describe("createIndex", () => {
  const first = async (kind: RetrievalKind, query: string, weights = EVEN) => {
    const index = createIndex({ kind, weights, embedder: Promise.resolve(new LetterEmbedder()) });
    for (const text of ["over the lamp", "moon over there"]) index.add(text, { text });
    return (await index.search(query, { k: 1 })).map(({ id }) => id);
  };

  it("finds by words, by meaning, or by both", async () => {
    // An anagram of the first: no word of it stands in any text.
    expect(await first("lexical", "plam het rove")).toEqual([]);
    expect(await first("dense", "plam het rove")).toEqual(["over the lamp"]);
    expect(await first("fused", "plam het rove")).toEqual(["over the lamp"]);
  });

  it("weighs what it fuses", async () => {
    // Both have "over"; by words the second has "there" too, by letters the first is nearer.
    const query = "over there, palm palm palm";
    expect(await first("fused", query, { lexical: 9, dense: 1 })).toEqual(["moon over there"]);
    expect(await first("fused", query, { lexical: 1, dense: 9 })).toEqual(["over the lamp"]);
  });
});
