/** The corpus of a task: documents by text index, found in order of similarity. */
import type { TextIndex } from "../retrieve/text-index.ts";
import type { Document, Ranked } from "../terms/document.ts";
import type { Window } from "./gather.ts";

export interface FoundDocument extends Ranked {
  readonly document: Document;
}

export class DocumentIndex {
  readonly #index: TextIndex;
  #documents: readonly Document[] = [];

  /** `index` is empty and belongs to this object from now on. */
  constructor(index: TextIndex) {
    this.#index = index;
  }

  get size(): number {
    return this.#documents.length;
  }

  /** Replaces the corpus. A document's id is its place in the list: two may have one title. */
  set(documents: readonly Document[]): void {
    this.#index.clear();
    this.#documents = [...documents];
    this.#documents.forEach(({ title, text }, place) => {
      this.#index.add(String(place), { title, text });
    });
  }

  async search(query: string, window: Window): Promise<FoundDocument[]> {
    const documents = this.#documents;
    const ranked = await this.#index.search(query, window);
    // The corpus was replaced while the index was at work: ids may be of the old one or of the new one.
    if (documents !== this.#documents) return this.search(query, window);
    return ranked.map((found) => ({ ...found, document: documents[Number(found.id)]! }));
  }
}
