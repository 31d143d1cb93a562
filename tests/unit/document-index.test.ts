/** Documents by retrieval. */
import { describe, expect, it } from "vitest";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import { FusedIndex } from "../../src/retrieve/fused-index.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { LetterEmbedder } from "../support/letter-embedder.ts";

const doc = (title: string, text: string) => ({ title, text });

describe("document-index", () => {
  it("finds documents whole, best first, in windows", async () => {
    const index = new DocumentIndex(new LexicalIndex());
    index.set([doc("Velin", "A town."), doc("Ada Mora", "Born in Velin."), doc("The Lamp", "A film.")]);
    expect(index.size).toBe(3);
    const found = await index.search("Velin", { k: 2, skip: 0 });
    expect(found.map(({ document }) => document.title)).toEqual(["Velin", "Ada Mora"]);
    const next = await index.search("Velin", { k: 2, skip: 1 });
    expect(next.map(({ document }) => document)).toEqual([doc("Ada Mora", "Born in Velin.")]);
  });

  it("two documents may have one title", async () => {
    const index = new DocumentIndex(new LexicalIndex());
    index.set([doc("Ada Mora", "A painter."), doc("Ada Mora", "A singer.")]);
    const found = await index.search("Ada Mora", { k: 5, skip: 0 });
    expect(found.map(({ document }) => document.text).toSorted()).toEqual(["A painter.", "A singer."]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });

  it("a new corpus replaces the old one", async () => {
    const index = new DocumentIndex(new LexicalIndex());
    index.set([doc("Velin", "A town.")]);
    index.set([doc("The Lamp", "A film.")]);
    expect(await index.search("Velin", { k: 5, skip: 0 })).toEqual([]);
    expect(index.size).toBe(1);
  });

  it("finds by meaning, or by words and meaning, with the index that it is given", async () => {
    const lexical = { index: new LexicalIndex() };
    const indexes = [
      new DenseIndex(new LetterEmbedder()),
      new FusedIndex([lexical, { index: new DenseIndex(new LetterEmbedder()) }]),
    ];
    for (const inner of indexes) {
      const index = new DocumentIndex(inner);
      index.set([doc("Velin", "A town."), doc("Ada Mora", "Born in Velin."), doc("The Lamp", "A film.")]);
      // An anagram: no word of it stands in any document.
      const [first] = await index.search("plam", { k: 1, skip: 0 });
      expect(first).toMatchObject({ id: "2", document: doc("The Lamp", "A film.") });
    }
  });

  it("a corpus that is replaced while the index is at work is searched in its place", async () => {
    const embedder = new LetterEmbedder();
    const index = new DocumentIndex(new DenseIndex(embedder));
    index.set([doc("Velin", "A town."), doc("Ada Mora", "Born in Velin.")]);
    embedder.before = async (texts) => {
      embedder.before = async () => {};
      expect(texts).toHaveLength(2);
      index.set([doc("The Lamp", "A film.")]);
    };
    const found = await index.search("Velin", { k: 5, skip: 0 });
    expect(found.map(({ document }) => document.title)).toEqual(["The Lamp"]);
  });
});
