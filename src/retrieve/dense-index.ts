/**
 * Retrieval by meaning: exact search over the cosines of all vectors. What is added waits as text and is embedded
 * in batches, when it is searched or before that with `prepare`.
 */
import type { Ranked } from "../terms/document.ts";
import type { TextEmbedder } from "./text-embedder.ts";
import type { SearchOptions, TextIndex } from "./text-index.ts";
import { VectorTable } from "./vector-table.ts";

/** Texts after which what was embedded is kept, whatever happens to the next ones. */
const AT_ONCE = 256;

export class DenseIndex implements TextIndex {
  readonly #embedder: TextEmbedder;
  readonly #vectors: VectorTable;
  /** Texts that have no vector yet. */
  readonly #waiting = new Map<string, string>();
  /** Places of all entries in the order of adding. */
  readonly #places = new Map<string, number>();
  #added = 0;
  #preparing: Promise<void> = Promise.resolve();

  /** The embedder stays its owner's, and is needed as long as the index is. */
  constructor(embedder: TextEmbedder) {
    this.#embedder = embedder;
    this.#vectors = new VectorTable(embedder.dimension);
  }

  get size(): number {
    return this.#places.size;
  }

  /** An entry that is replaced keeps its place among ties. */
  add(id: string, { title = "", text }: { readonly title?: string; readonly text: string }): void {
    const place = this.#places.get(id) ?? this.#added++;
    this.remove(id);
    this.#places.set(id, place);
    this.#waiting.set(id, title === "" ? text : `${title}: ${text}`);
  }

  remove(id: string): void {
    this.#places.delete(id);
    this.#waiting.delete(id);
    this.#vectors.remove(id);
  }

  clear(): void {
    this.#places.clear();
    this.#waiting.clear();
    this.#vectors.clear();
    this.#added = 0;
  }

  /** Embeds what waits: the next search needs only its query. One at a time. Throws what the embedder throws. */
  prepare(signal?: AbortSignal): Promise<void> {
    const next = this.#preparing.then(() => this.#prepare(signal));
    this.#preparing = next.catch(() => {});
    return next;
  }

  /** `similarity` = cosine of the two vectors, 0 where it is negative. Throws what the embedder throws. */
  async search(query: string, { k, skip = 0, accept }: SearchOptions): Promise<Ranked[]> {
    if (this.size === 0) return [];
    await this.prepare();
    const vector = await this.#embedder.embed([query], "query");
    const near = this.#vectors.cosines(vector).filter(({ id }) => accept?.(id) ?? true);
    near.sort((a, b) => b.cosine - a.cosine || this.#places.get(a.id)! - this.#places.get(b.id)!);
    return near.slice(skip, skip + k).map(({ id, cosine }) => ({ id, similarity: inUnit(cosine) }));
  }

  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    const { dimension } = this.#embedder;
    while (this.#waiting.size > 0) {
      const entries = [...this.#waiting].slice(0, AT_ONCE);
      const texts = entries.map(([, text]) => text);
      const vectors = await this.#embedder.embed(texts, "document", signal);
      entries.forEach(([id, text], row) => {
        // Meanwhile it may have been removed, or replaced by another text.
        if (this.#waiting.get(id) !== text) return;
        this.#waiting.delete(id);
        this.#vectors.put(id, vectors.subarray(row * dimension, (row + 1) * dimension));
      });
    }
  }
}

function inUnit(cosine: number): number {
  return Math.min(1, Math.max(0, cosine));
}
