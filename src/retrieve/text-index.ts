/**
 * Text → ranked ids: the one interface behind which every kind of retrieval stands (lexical, dense, both fused).
 * Logs and documents use an index of their own each.
 */
import type { Ranked } from "../terms/document.ts";

export interface SearchOptions {
  /** How many results, at most. */
  readonly k: number;
  /** How many of the best to pass over first: the same query asked again moves its window on. Default 0. */
  readonly skip?: number;
  /** Ids for which this returns false are passed over before counting. */
  readonly accept?: (id: string) => boolean;
  /** A search that takes long throws AbortError when it aborts. */
  readonly signal?: AbortSignal;
}

export interface PrepareOptions {
  readonly signal?: AbortSignal;
  /** Entries that are ready, of those that waited. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface TextIndex {
  readonly size: number;
  /** Adds or replaces. `title` counts more than `text` where the index knows such a thing. */
  add(id: string, entry: { readonly title?: string; readonly text: string }): void;
  remove(id: string): void;
  clear(): void;
  /** Does now what the next search would have to do first, where that takes long. Throws AbortError. */
  prepare?(options?: PrepareOptions): Promise<void>;
  /** Best first; ties are broken by the order in which entries were added, so that results repeat exactly. */
  search(query: string, options: SearchOptions): Promise<Ranked[]>;
}
