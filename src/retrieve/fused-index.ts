/** Several indexes of the same entries as one: what each finds, fused by rank. */
import type { Ranked } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import { fuse } from "./fuse.ts";
import type { PrepareOptions, SearchOptions, TextIndex } from "./text-index.ts";

export interface FusedPart {
  /** Empty, and the fused index's own from now on. */
  readonly index: TextIndex;
  /** More than 0. Default 1. */
  readonly weight?: number;
}

export class FusedIndex implements TextIndex {
  readonly #parts: readonly Required<FusedPart>[];
  readonly #rankConstant: number | undefined;
  /** Places of all entries in the order of adding. */
  readonly #places = new Map<string, number>();
  #added = 0;

  /** Throws InputError for a weight that is not more than 0. */
  constructor(parts: readonly FusedPart[], { rankConstant }: { readonly rankConstant?: number } = {}) {
    this.#parts = parts.map(({ index, weight = 1 }) => {
      if (weight > 0) return { index, weight };
      throw new InputError(`An index has the weight ${weight}, expected more than 0. Leave the index out.`);
    });
    this.#rankConstant = rankConstant;
  }

  get size(): number {
    return this.#places.size;
  }

  /** An entry that is replaced keeps its place among ties. */
  add(id: string, entry: { readonly title?: string; readonly text: string }): void {
    if (!this.#places.has(id)) this.#places.set(id, this.#added++);
    for (const { index } of this.#parts) index.add(id, entry);
  }

  remove(id: string): void {
    this.#places.delete(id);
    for (const { index } of this.#parts) index.remove(id);
  }

  clear(): void {
    this.#places.clear();
    this.#added = 0;
    for (const { index } of this.#parts) index.clear();
  }

  async prepare(options?: PrepareOptions): Promise<void> {
    for (const { index } of this.#parts) await index.prepare?.(options);
  }

  /** `similarity` = the highest that one of the indexes reports. */
  async search(query: string, { k, skip = 0, ...rest }: SearchOptions): Promise<Ranked[]> {
    const options = { ...rest, k: this.size };
    const rankings = await Promise.all(
      this.#parts.map(async ({ index, weight }) => ({ ranked: await index.search(query, options), weight })),
    );
    const fused = fuse(rankings, {
      placeOf: (id) => this.#places.get(id) ?? 0,
      ...(this.#rankConstant === undefined ? {} : { rankConstant: this.#rankConstant }),
    });
    // One index may have answered before an entry was removed, and another one afterwards.
    return fused.filter(({ id }) => this.#places.has(id)).slice(skip, skip + k);
  }
}
