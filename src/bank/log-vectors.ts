/**
 * Gives a bank's logs their vectors: new ones before they are stored, others from where vectors are kept, and what
 * nobody has made yet (an old bank, another embedder) in the background, a few at a time.
 */
import type { DenseIndex } from "../retrieve/dense-index.ts";
import type { VectorRecord } from "./schema.ts";

/** A vector and the text that it is of: a log may have another one by the time that it is stored. */
export interface MadeVector extends VectorRecord {
  readonly text: string;
}

/** Where vectors are kept. */
export interface VectorStore {
  /** By log id: those that are there, of this embedder, with so many numbers. */
  read(
    ids: readonly string[],
    embedder: string,
    dimension: number,
  ): Promise<ReadonlyMap<string, Float32Array>>;
  /** A log that is gone, or has another text by now, gets none. */
  write(vectors: readonly MadeVector[]): Promise<void>;
}

/** Few: on wasm a step that is generated meanwhile waits for them. */
const AT_ONCE = 8;

export class LogVectors {
  readonly #index: DenseIndex;
  readonly #store: VectorStore;
  readonly #stop = new AbortController();
  /** Texts by id that were looked for and are not kept. */
  readonly #missing = new Map<string, string>();
  #filling: Promise<void> | null = null;

  constructor(index: DenseIndex, store: VectorStore) {
    this.#index = index;
    this.#store = store;
  }

  /** The vector of a log that is about to be stored, or null when it cannot be made now: it is tried again later. */
  async make(logId: string, text: string): Promise<MadeVector | null> {
    try {
      return (await this.#embed([[logId, text]]))[0]!;
    } catch {
      return null;
    }
  }

  /** Takes over what is kept of the index's logs; the rest is begun. Throws when there is no embedder after all. */
  async catchUp(): Promise<void> {
    const news = [...this.#index.waiting].filter(([id, text]) => this.#missing.get(id) !== text);
    await this.#takeKept(news);
    for (const [id, text] of this.#index.waiting) this.#missing.set(id, text);
    if (this.#index.waiting.size === 0) this.#missing.clear();
    else
      this.#filling ??= this.#fill()
        // What failed is tried again at the next search.
        .catch(() => {})
        .finally(() => {
          this.#filling = null;
        });
  }

  /** What is being made is given up. */
  close(): void {
    this.#stop.abort();
  }

  async #fill(): Promise<void> {
    while (this.#index.waiting.size > 0 && !this.#stop.signal.aborted) {
      const batch = [...this.#index.waiting].slice(0, AT_ONCE);
      await this.#takeKept(batch); // by now another tab may have made them
      const made = await this.#embed(batch.filter(([id, text]) => this.#index.waiting.get(id) === text));
      // A full disk: they serve this tab all the same.
      await this.#store.write(made).catch(() => {});
      for (const { logId, text, vector } of made) this.#index.put(logId, text, vector);
    }
  }

  async #takeKept(entries: readonly (readonly [id: string, text: string])[]): Promise<void> {
    const { fingerprint, dimension } = await this.#index.embedder;
    if (entries.length === 0) return;
    const ids = entries.map(([id]) => id);
    const kept = await this.#store.read(ids, fingerprint, dimension);
    for (const [id, text] of entries) {
      const vector = kept.get(id);
      if (vector) this.#index.put(id, text, vector);
    }
  }

  async #embed(entries: readonly (readonly [id: string, text: string])[]): Promise<MadeVector[]> {
    const embedder = await this.#index.embedder;
    const texts = entries.map(([, text]) => text);
    const vectors = await embedder.embed(texts, "document", this.#stop.signal);
    return entries.map(([logId, text], row) => ({
      logId,
      embedder: embedder.fingerprint,
      text,
      vector: vectors.slice(row * embedder.dimension, (row + 1) * embedder.dimension),
    }));
  }
}
