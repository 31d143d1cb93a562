/**
 * Retrieval by meaning: exact search over the cosines of all vectors. What is added waits as text and is embedded
 * in batches, when it is searched or before that with `prepare`, or gets a vector that is kept elsewhere.
 */
import type { Ranked } from "../terms/document.ts";
import type { Vectors } from "../terms/retrieval.ts";
import type { TextEmbedder } from "./text-embedder.ts";
import type { PrepareOptions, SearchOptions, TextIndex } from "./text-index.ts";
import { VectorTable } from "./vector-table.ts";

/** Texts after which what was embedded is kept, whatever happens to the next ones. */
const AT_ONCE = 64;

interface Entry {
  /** In the order of adding. */
  readonly place: number;
  readonly text: string;
}

export class DenseIndex implements TextIndex {
  /** It may still be loading. */
  readonly embedder: Promise<TextEmbedder>;
  readonly #numbers: Vectors;
  readonly #entries = new Map<string, Entry>();
  /** Texts that have no vector yet. */
  readonly #waiting = new Map<string, string>();
  #vectors: VectorTable | undefined;
  #added = 0;
  #preparing: Promise<void> = Promise.resolve();

  /** The embedder stays its owner's, and is needed as long as the index is. `numbers`: of the vectors in memory. */
  constructor(embedder: TextEmbedder | Promise<TextEmbedder>, numbers: Vectors = "float32") {
    this.#numbers = numbers;
    this.embedder = Promise.resolve(embedder);
    // Whoever prepares or searches hears of it.
    this.embedder.catch(() => {});
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Ids and texts that have no vector yet, in the order of adding. */
  get waiting(): ReadonlyMap<string, string> {
    return this.#waiting;
  }

  /** An entry that is replaced keeps its place among ties, and its vector when its text is the same. */
  add(id: string, { title = "", text }: { readonly title?: string; readonly text: string }): void {
    const whole = title === "" ? text : `${title}: ${text}`;
    const known = this.#entries.get(id);
    if (known?.text === whole) return;
    this.remove(id);
    this.#entries.set(id, { place: known?.place ?? this.#added++, text: whole });
    this.#waiting.set(id, whole);
  }

  /** Takes the vector of a text that waits. Ignored when the entry is gone or has another text by now. */
  put(id: string, text: string, vector: Float32Array): void {
    if (this.#waiting.get(id) !== text) return;
    this.#vectors ??= new VectorTable(vector.length, this.#numbers);
    this.#vectors.put(id, vector);
    this.#waiting.delete(id);
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#waiting.delete(id);
    this.#vectors?.remove(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#waiting.clear();
    this.#vectors?.clear();
    this.#added = 0;
  }

  /** Embeds what waits: the next search needs only its query. One at a time. Throws what the embedder throws. */
  prepare(options: PrepareOptions = {}): Promise<void> {
    const next = this.#preparing.then(() => this.#prepare(options));
    this.#preparing = next.catch(() => {});
    return next;
  }

  /** `similarity` = cosine of the two vectors, 0 where it is negative. Throws what the embedder throws. */
  async search(query: string, options: SearchOptions): Promise<Ranked[]> {
    const { signal } = options;
    if (this.size > 0) await this.prepare(signal ? { signal } : {});
    return this.searchReady(query, options);
  }

  /** As `search`, among the entries that have a vector by now. */
  async searchReady(query: string, { k, skip = 0, accept, signal }: SearchOptions): Promise<Ranked[]> {
    if (!this.#vectors || this.size === 0) return [];
    const vector = await (await this.embedder).embed([query], "query", signal);
    const near = this.#vectors.cosines(vector).filter(({ id }) => accept?.(id) ?? true);
    const placeOf = (id: string) => this.#entries.get(id)!.place;
    near.sort((a, b) => b.cosine - a.cosine || placeOf(a.id) - placeOf(b.id));
    return near.slice(skip, skip + k).map(({ id, cosine }) => ({ id, similarity: inUnit(cosine) }));
  }

  async #prepare({ signal, onProgress }: PrepareOptions): Promise<void> {
    const embedder = await this.embedder;
    const { dimension } = embedder;
    for (let done = 0; this.#waiting.size > 0; ) {
      const entries = [...this.#waiting].slice(0, AT_ONCE);
      const texts = entries.map(([, text]) => text);
      const vectors = await embedder.embed(texts, "document", signal);
      entries.forEach(([id, text], row) => {
        // Meanwhile it may have been removed, or replaced by another text.
        this.put(id, text, vectors.subarray(row * dimension, (row + 1) * dimension));
      });
      done += entries.length;
      onProgress?.(done, done + this.#waiting.size);
    }
  }
}

function inUnit(cosine: number): number {
  return Math.min(1, Math.max(0, cosine));
}
