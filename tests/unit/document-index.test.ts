/** Documents by retrieval. */
import { describe, expect, it } from "vitest";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import { FusedIndex } from "../../src/retrieve/fused-index.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { LetterEmbedder } from "../support/letter-embedder.ts";

const doc = (title: string, text: string) => ({ title, text });
const CORPUS = [doc("Velin", "A town."), doc("Ada Mora", "Born in Velin."), doc("The Lamp", "A film.")];
const lexical = () => new DocumentIndex(() => new LexicalIndex());
const titles = async (index: DocumentIndex, query: string) =>
  (await index.search(query, { k: 5, skip: 0 })).map(({ document }) => document.title);

describe("document-index", () => {
  it("finds documents whole, best first, in windows", async () => {
    const index = lexical();
    await index.set(CORPUS);
    expect(index.size).toBe(3);
    const found = await index.search("Velin", { k: 2, skip: 0 });
    expect(found.map(({ document }) => document.title)).toEqual(["Velin", "Ada Mora"]);
    const next = await index.search("Velin", { k: 2, skip: 1 });
    expect(next.map(({ document }) => document)).toEqual([doc("Ada Mora", "Born in Velin.")]);
  });

  it("two documents may have one title", async () => {
    const index = lexical();
    await index.set([doc("Ada Mora", "A painter."), doc("Ada Mora", "A singer.")]);
    const found = await index.search("Ada Mora", { k: 5, skip: 0 });
    expect(found.map(({ document }) => document.text).toSorted()).toEqual(["A painter.", "A singer."]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });

  it("a new corpus replaces the old one", async () => {
    const index = lexical();
    await index.set([doc("Velin", "A town.")]);
    await index.set([doc("The Lamp", "A film.")]);
    expect(await titles(index, "Velin")).toEqual([]);
    expect(index.size).toBe(1);
  });

  it("finds by meaning, or by words and meaning, with the index that it is given", async () => {
    const embedder = new LetterEmbedder();
    const fused = () => new FusedIndex([{ index: new LexicalIndex() }, { index: new DenseIndex(embedder) }]);
    for (const create of [() => new DenseIndex(embedder), fused]) {
      const index = new DocumentIndex(create);
      await index.set(CORPUS);
      // An anagram: no word of it stands in any document.
      const [first] = await index.search("plam", { k: 1, skip: 0 });
      expect(first).toMatchObject({ id: "2", document: doc("The Lamp", "A film.") });
    }
  });

  it("embeds the whole corpus when it is set, tells how far it is, and a search embeds its query alone", async () => {
    const embedder = new LetterEmbedder();
    const index = new DocumentIndex(() => new DenseIndex(embedder));
    const heard: number[][] = [];
    await index.set(CORPUS, { onProgress: (...progress) => heard.push(progress) });
    expect(heard).toEqual([[3, 3]]);
    expect(embedder.documents).toHaveLength(3);
    await titles(index, "plam");
    expect(embedder.documents).toHaveLength(3);
  });

  it("a corpus that is stopped or cannot be embedded leaves the old one in its place", async () => {
    const embedder = new LetterEmbedder();
    const index = new DocumentIndex(() => new DenseIndex(embedder));
    await index.set(CORPUS);
    const control = new AbortController();
    embedder.before = async () => control.abort();
    const many = Array.from({ length: 100 }, (_, n) => doc(`Lamp ${n}`, "Another."));
    await expect(index.set(many, control)).rejects.toMatchObject({ name: "AbortError" });
    embedder.before = () => Promise.reject(new Error("no memory"));
    await expect(index.set(many)).rejects.toThrow("no memory");
    embedder.before = async () => {};
    expect(index.size).toBe(3);
    expect((await titles(index, "plam"))[0]).toBe("The Lamp");
  });

  it("a corpus without vectors can be stopped too", async () => {
    const index = lexical();
    const signal = AbortSignal.abort();
    await expect(index.set(CORPUS, { signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(index.size).toBe(0);
  });

  it("what is searched while the next corpus is made ready is the old one, whole", async () => {
    const embedder = new LetterEmbedder();
    const index = new DocumentIndex(() => new DenseIndex(embedder));
    await index.set([doc("Velin", "A town."), doc("Ada Mora", "Born in Velin.")]);
    let setting: Promise<void> | undefined;
    embedder.before = async ([query]) => {
      embedder.before = async () => {};
      expect(query).toBe("Velin");
      setting = index.set([doc("The Lamp", "A film.")]);
      await setting;
    };
    expect(await titles(index, "Velin")).toEqual(["Velin", "Ada Mora"]);
    expect(await titles(index, "Velin")).toEqual(["The Lamp"]);
  });

  it("a search can be stopped", async () => {
    const index = new DocumentIndex(() => new DenseIndex(new LetterEmbedder()));
    await index.set(CORPUS);
    const search = index.search("Velin", { k: 1, skip: 0 }, AbortSignal.abort());
    await expect(search).rejects.toMatchObject({ name: "AbortError" });
  });
});
