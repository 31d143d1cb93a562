/** The corpus of a task: documents by text index, found in order of similarity. */
import { createPause } from "../engine/pause.ts";
import type { PrepareOptions, TextIndex } from "../retrieve/text-index.ts";
import type { Document, Ranked } from "../terms/document.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { Window } from "./gather.ts";

export interface FoundDocument extends Ranked {
  readonly document: Document;
}

interface Corpus {
  readonly index: TextIndex;
  readonly documents: readonly Document[];
}

export class DocumentIndex {
  readonly #create: () => TextIndex;
  #corpus: Corpus;

  /** `create` gives an empty index of its own to each corpus. */
  constructor(create: () => TextIndex) {
    this.#create = create;
    this.#corpus = { index: create(), documents: [] };
  }

  get size(): number {
    return this.#corpus.documents.length;
  }

  /**
   * Replaces the corpus once all of it can be searched; until then, and when it fails, the old one stays. A
   * document's id is its place in the list: two may have one title. Throws AbortError, and what the index throws.
   */
  async set(documents: readonly Document[], options: PrepareOptions = {}): Promise<void> {
    const corpus = { index: this.#create(), documents: [...documents] };
    const pause = createPause();
    for (const [place, { title, text }] of corpus.documents.entries()) {
      await pause(); // a message that says "stop" gets its turn
      throwIfAborted(options.signal);
      corpus.index.add(String(place), { title, text });
    }
    await corpus.index.prepare?.(options);
    this.#corpus = corpus;
  }

  async search(query: string, window: Window, signal?: AbortSignal): Promise<FoundDocument[]> {
    const { index, documents } = this.#corpus;
    const ranked = await index.search(query, { ...window, ...(signal && { signal }) });
    return ranked.map((found) => ({ ...found, document: documents[Number(found.id)]! }));
  }
}
