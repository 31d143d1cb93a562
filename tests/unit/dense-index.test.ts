/** Exact search by cosine: order, windows, removal, and texts that wait to be embedded. */
import { describe, expect, it } from "vitest";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import { VectorTable } from "../../src/retrieve/vector-table.ts";
import { LetterEmbedder } from "../support/letter-embedder.ts";

const ids = async (index: DenseIndex, query: string, k = 9, more = {}) =>
  (await index.search(query, { k, ...more })).map(({ id }) => id);

/** Words of few letters, repeatable: many share directions, none the whole order. */
const WORDS = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 3 + (i % 5) }, (_, j) => "abcdefg"[(i * 5 + j * j * 3) % 7]).join(""),
);

function small() {
  const embedder = new LetterEmbedder();
  const index = new DenseIndex(embedder);
  for (const id of ["c", "a", "b"]) index.add(id, { text: "moon" });
  return { embedder, index };
}

describe("dense-index", () => {
  it("ranks like plain code over all pairs, and reports the cosine", async () => {
    const embedder = new LetterEmbedder();
    const index = new DenseIndex(embedder);
    for (const [i, word] of WORDS.entries()) index.add(String(i), { text: word });
    const vectors = await Promise.all(WORDS.map((word) => embedder.embed([word], "document")));
    const query = await embedder.embed(["gabe"], "query");
    const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const cosines = vectors.map((v) => product(v, query) / Math.sqrt(product(v, v) * product(query, query)));

    const found = await index.search("gabe", { k: 60 });
    expect(found).toHaveLength(60);
    for (const { id, similarity } of found) expect(similarity).toBeCloseTo(cosines[Number(id)]!, 6);
    const inOrder = found.map(({ id }) => cosines[Number(id)]!);
    for (let i = 1; i < 60; i++) expect(inOrder[i]!).toBeLessThanOrEqual(inOrder[i - 1]! + 1e-6);
    expect(await index.search("gabe", { k: 7, skip: 20 })).toEqual(found.slice(20, 27));
  });

  it("a negative cosine is no similarity, and comes last", async () => {
    const vectors: Record<string, number[]> = { like: [1, 1], unlike: [-1, 0.1], "what?": [1, 0] };
    const embed = async (texts: readonly string[]) => Float32Array.from(texts.flatMap((t) => vectors[t]!));
    const index = new DenseIndex({ fingerprint: "two", dimension: 2, embed });
    for (const id of ["unlike", "like"]) index.add(id, { text: id });
    const found = await index.search("what?", { k: 2 });
    expect(found).toEqual([
      { id: "like", similarity: expect.closeTo(Math.SQRT1_2, 6) },
      { id: "unlike", similarity: 0 },
    ]);
  });

  it("ties stand in the order of adding, also after a replacement and a removal; accept passes over", async () => {
    const { index } = small();
    expect(await ids(index, "moon")).toEqual(["c", "a", "b"]);
    index.add("c", { text: "moon" });
    expect(await ids(index, "moon")).toEqual(["c", "a", "b"]);
    expect(await ids(index, "moon", 1, { skip: 1, accept: (id: string) => id !== "a" })).toEqual(["b"]);
    index.remove("c");
    index.add("c", { text: "moon" });
    expect(await ids(index, "moon")).toEqual(["a", "b", "c"]);
  });

  it("remove, replace and clear leave nothing behind", async () => {
    const { index } = small();
    await index.prepare();
    index.add("x", { title: "Zed", text: "zz" });
    index.add("a", { text: "zzz" });
    index.remove("b");
    index.remove("never there");
    expect(index.size).toBe(3);
    const found = await index.search("z", { k: 9 });
    expect(found.map(({ id }) => id)).toEqual(["a", "x", "c"]);
    expect(found[0]!.similarity).toBeCloseTo(1, 6);
    expect(found[2]!.similarity).toBe(0);
    index.clear();
    expect(index.size).toBe(0);
    expect(await index.search("z", { k: 9 })).toEqual([]);
    index.add("c", { text: "sun" });
    expect(await ids(index, "moon")).toEqual(["c"]);
  });

  it("after removals it finds what an index finds that never held them", async () => {
    const index = new DenseIndex(new LetterEmbedder());
    const fresh = new DenseIndex(new LetterEmbedder());
    for (const [i, word] of WORDS.entries()) index.add(String(i), { text: word });
    await index.prepare();
    for (const [i, word] of WORDS.entries()) {
      if (i % 3 === 0) index.remove(String(i));
      else fresh.add(String(i), { text: word });
    }
    expect(await index.search("gabe", { k: 60 })).toEqual(await fresh.search("gabe", { k: 60 }));
  });

  it("what says nothing finds nothing and is not found", async () => {
    const { index } = small();
    index.add("empty", { text: " ?! " });
    expect(await ids(index, "moon")).toEqual(["c", "a", "b"]);
    expect(await ids(index, "")).toEqual([]);
    // A text that became empty does not keep its old vector.
    index.add("a", { text: "" });
    expect(await ids(index, "moon")).toEqual(["c", "b"]);
  });

  it("embeds each text once, many in one call, title in front, the query as a query", async () => {
    const { embedder, index } = small();
    index.add("t", { title: "Ada Mora", text: "A painter." });
    await ids(index, "moon");
    await ids(index, "sun");
    expect(embedder.calls).toEqual([
      { texts: ["moon", "moon", "moon", "Ada Mora: A painter."], role: "document" },
      { texts: ["moon"], role: "query" },
      { texts: ["sun"], role: "query" },
    ]);
  });

  it("what changes while a batch is embedded is not overwritten by it", async () => {
    const { embedder, index } = small();
    let once = true;
    embedder.before = async (texts) => {
      if (!once || texts.length === 1) return;
      once = false;
      index.add("a", { text: "sun" });
      index.remove("b");
      index.add("d", { text: "moon" });
    };
    expect(await ids(index, "moon")).toEqual(["c", "d", "a"]);
    expect(index.size).toBe(3);
    expect(embedder.documents).toEqual(["moon", "moon", "moon", "sun", "moon"]);
  });

  it("can be stopped between batches: what was embedded is kept, and the next search does the rest", async () => {
    const embedder = new LetterEmbedder();
    const index = new DenseIndex(embedder);
    for (let i = 0; i < 300; i++) index.add(String(i), { text: WORDS[i % 60]! });
    const control = new AbortController();
    embedder.before = async () => control.abort();
    await expect(index.prepare({ signal: control.signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    const before = embedder.documents.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(300);
    expect(await ids(index, "gabe", 300)).toHaveLength(300);
    expect(embedder.documents).toHaveLength(300);
  });

  it("tells how far it is, of all that wait", async () => {
    const index = new DenseIndex(new LetterEmbedder());
    for (let i = 0; i < 150; i++) index.add(String(i), { text: WORDS[i % 60]! });
    const heard: number[][] = [];
    await index.prepare({ onProgress: (...progress) => heard.push(progress) });
    expect(heard).toEqual([
      [64, 150],
      [128, 150],
      [150, 150],
    ]);
  });

  it("takes vectors that are kept elsewhere for texts that wait, and for no others", async () => {
    const { embedder, index } = small();
    const [moon, sun] = [
      await embedder.embed(["moon"], "document"),
      await embedder.embed(["sun"], "document"),
    ];
    embedder.calls.length = 0;
    index.put("a", "moon", sun);
    index.put("a", "moon", moon); // waits no more
    index.put("b", "sun", sun); // another text
    index.put("x", "sun", sun); // never added
    expect([...index.waiting]).toEqual([
      ["c", "moon"],
      ["b", "moon"],
    ]);
    const ready = await index.searchReady("sun", { k: 9 });
    expect(ready).toEqual([{ id: "a", similarity: expect.closeTo(1, 6) }]);
    expect(embedder.documents).toEqual([]);
  });

  it("an entry that is replaced by the same text keeps its vector", async () => {
    const { embedder, index } = small();
    await index.prepare();
    index.add("a", { text: "moon" });
    index.add("b", { text: "sun" });
    expect([...index.waiting.keys()]).toEqual(["b"]);
    expect(await ids(index, "moon")).toEqual(["c", "a", "b"]);
    expect(embedder.documents).toEqual(["moon", "moon", "moon", "sun"]);
  });

  it("waits for an embedder that is still loading, and says why one did not come", async () => {
    const index = new DenseIndex(Promise.resolve().then(() => new LetterEmbedder()));
    index.add("a", { text: "moon" });
    expect(await ids(index, "moon")).toEqual(["a"]);
    const broken = new DenseIndex(Promise.reject(new Error("not there")));
    broken.add("a", { text: "moon" });
    await expect(broken.prepare()).rejects.toThrow("not there");
    await expect(broken.search("moon", { k: 1 })).rejects.toThrow("not there");
  });

  it("a search can be stopped", async () => {
    const { index } = small();
    await index.prepare();
    const search = index.search("moon", { k: 1, signal: AbortSignal.abort() });
    await expect(search).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });

  it("an embedder that fails is heard of, and asked again by the next search", async () => {
    const { embedder, index } = small();
    embedder.before = () => Promise.reject(new Error("no memory"));
    await expect(index.search("moon", { k: 1 })).rejects.toThrow("no memory");
    embedder.before = async () => {};
    expect(await ids(index, "moon")).toEqual(["c", "a", "b"]);
  });
});

describe("vector-table", () => {
  it("replaces a vector in its place, and zeros take it away", () => {
    const table = new VectorTable(2);
    table.put("a", Float32Array.of(3, 0));
    table.put("b", Float32Array.of(0, 2));
    table.put("a", Float32Array.of(-1, 0));
    const query = Float32Array.of(5, 0);
    expect(table.cosines(query)).toEqual([
      { id: "a", cosine: -1 },
      { id: "b", cosine: 0 },
    ]);
    table.put("a", Float32Array.of(0, 0));
    expect(table.cosines(query)).toEqual([{ id: "b", cosine: 0 }]);
  });

  it("in 8 bits takes a quarter of the memory, and finds what whole numbers find", () => {
    const [dimension, rows, k] = [384, 2000, 10];
    let seed = 7;
    const next = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648 - 0.5;
    };
    const random = () => Float32Array.from({ length: dimension }, () => next() + next() + next());
    // In groups, as texts are: neighbours differ by little.
    const centres = Array.from({ length: 40 }, random);
    const near = (at: number) => {
      const noise = random();
      return centres[at % 40]!.map((x, i) => 3 * (x + noise[i]!));
    };
    const [whole, small] = [new VectorTable(dimension), new VectorTable(dimension, "int8")];
    for (let row = 0; row < rows; row++) {
      const vector = near(row);
      whole.put(String(row), vector);
      small.put(String(row), vector);
    }
    expect(small.bytes).toBeLessThan(0.26 * whole.bytes);
    const first = (table: VectorTable, query: Float32Array) =>
      table.cosines(query).sort((a, b) => b.cosine - a.cosine);
    let found = 0;
    for (let query = 0; query < 40; query++) {
      const asked = near(query);
      const [wanted, got] = [first(whole, asked), first(small, asked)];
      const ids = new Set(wanted.slice(0, k).map(({ id }) => id));
      found += got.slice(0, k).filter(({ id }) => ids.has(id)).length;
      const exact = new Map(wanted.map(({ id, cosine }) => [id, cosine]));
      expect(Math.max(...got.map(({ id, cosine }) => Math.abs(cosine - exact.get(id)!)))).toBeLessThan(2e-3);
    }
    expect(found / (40 * k)).toBeGreaterThanOrEqual(0.97);
  });

  it("rows in 8 bits move into gaps, and grow, with their scales", () => {
    const table = new VectorTable(2, "int8");
    for (let i = 0; i < 40; i++) table.put(String(i), Float32Array.of(i + 1, 0));
    table.put("0", Float32Array.of(0, 1e-3));
    table.remove("5");
    expect(table.cosines(Float32Array.of(0, 9))).toHaveLength(39);
    for (const { id, cosine } of table.cosines(Float32Array.of(9, 0)))
      expect(cosine).toBeCloseTo(id === "0" ? 0 : 1, 5);
  });
});
