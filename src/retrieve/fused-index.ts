/**
 * Several indexes of the same entries as one, by reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): an entry
 * scores the sum of weight / (60 + rank) over the indexes that found it. Ranks compare where scores do not.
 */
import type { Ranked } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import type { SearchOptions, TextIndex } from "./text-index.ts";

export interface FusedPart {
  /** Empty, and the fused index's own from now on. */
  readonly index: TextIndex;
  /** More than 0. Default 1. */
  readonly weight?: number;
}

/** The larger, the less the first ranks count more than the next ones. */
const RANK_CONSTANT = 60;

export class FusedIndex implements TextIndex {
  readonly #parts: readonly Required<FusedPart>[];
  readonly #rankConstant: number;
  /** Places of all entries in the order of adding. */
  readonly #places = new Map<string, number>();
  #added = 0;

  /** Throws InputError for a weight that is not more than 0. */
  constructor(parts: readonly FusedPart[], { rankConstant = RANK_CONSTANT } = {}) {
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

  /** `similarity` = weighted mean of those that the indexes report, 0 where one did not find the entry. */
  async search(query: string, { k, skip = 0, accept }: SearchOptions): Promise<Ranked[]> {
    // Whole rankings: with the best few of each, a window that moves on would see another order.
    const options = { k: this.size, ...(accept ? { accept } : {}) };
    const rankings = await Promise.all(this.#parts.map(({ index }) => index.search(query, options)));
    const whole = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
    const scores = new Map<string, { readonly score: number; readonly similarity: number }>();
    for (const [part, { weight }] of this.#parts.entries()) {
      for (const [place, { id, similarity }] of rankings[part]!.entries()) {
        const before = scores.get(id) ?? { score: 0, similarity: 0 };
        scores.set(id, {
          score: before.score + weight / (this.#rankConstant + place + 1),
          similarity: before.similarity + weight * similarity,
        });
      }
    }
    // One index may have answered before an entry was removed, and another one afterwards.
    const found = [...scores].filter(([id]) => this.#places.has(id));
    found.sort(([a, x], [b, y]) => y.score - x.score || this.#places.get(a)! - this.#places.get(b)!);
    return found
      .slice(skip, skip + k)
      .map(([id, { similarity }]) => ({ id, similarity: similarity / whole }));
  }
}
