/**
 * What a bank searches in: indexes of its logs, kept in step with them, and which of them have an answer. By words
 * every log is found; by meaning too where the bank has an embedder, as far as vectors have been made.
 */
import type { DenseIndex } from "../retrieve/dense-index.ts";
import { fuse } from "../retrieve/fuse.ts";
import type { TextIndex } from "../retrieve/text-index.ts";
import { wordsOf } from "../retrieve/words.ts";
import type { Ranked } from "../terms/document.ts";
import { indexTextOf, isUsable, type Log } from "../terms/log.ts";
import type { FusionWeights } from "../terms/retrieval.ts";
import { floorsOf, type SimilarityFloors } from "../terms/similarity-floors.ts";
import type { LogSearchOptions } from "./bank.ts";

export interface LogIndexes {
  /** Finds by words. Empty, and the bank's own from now on. */
  readonly index: TextIndex;
  /** Finds by meaning. */
  readonly dense?: DenseLogs;
}

export interface DenseLogs {
  /** Empty, and the bank's own from now on. */
  readonly index: DenseIndex;
  /** Weight 0 of the lexical ranking: words decide only about logs that have no vector yet. */
  readonly weights: FusionWeights;
}

/** What the index holds of a log. */
export type IndexedLog = Pick<Log, "id" | "outcome" | "marks" | "question" | "responses"> & {
  readonly indexTerms: readonly string[];
};

interface Known {
  readonly log: Pick<Log, "outcome" | "marks">;
  /** In the order of storing. */
  readonly place: number;
}

/** The words of question and last response, in order, with repetitions. */
export function indexTermsOf(log: Log): string[] {
  return wordsOf(indexTextOf(log));
}

export class LogIndex {
  readonly #words: TextIndex;
  readonly #dense: DenseLogs | undefined;
  readonly #known = new Map<string, Known>();
  #added = 0;

  constructor({ index, dense }: LogIndexes) {
    this.#words = index;
    this.#dense = dense;
  }

  get ids(): string[] {
    return [...this.#known.keys()];
  }

  /** Logs that are found by their words alone for now. */
  get withoutVector(): number {
    return this.#dense?.index.waiting.size ?? 0;
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  put(log: IndexedLog): void {
    const { id, outcome, marks, indexTerms } = log;
    this.#words.add(id, { text: indexTerms.join(" ") });
    this.#dense?.index.add(id, { text: indexTextOf(log) });
    const standing = { outcome, ...(marks && { marks }) };
    this.#known.set(id, { log: standing, place: this.#known.get(id)?.place ?? this.#added++ });
  }

  remove(id: string): void {
    this.#words.remove(id);
    this.#dense?.index.remove(id);
    this.#known.delete(id);
  }

  clear(): void {
    this.#words.clear();
    this.#dense?.index.clear();
    this.#known.clear();
  }

  async search(query: string, options: LogSearchOptions): Promise<Ranked[]> {
    const { k, skip = 0, unanswered = false, except = [], signal } = options;
    const accept = (id: string) => {
      const known = this.#known.get(id);
      return known !== undefined && !except.includes(id) && isUsable(known.log, unanswered);
    };
    const isPinned = ({ id }: Ranked) => this.#known.get(id)?.log.marks?.pinned === true;
    const anyPinned = [...this.#known.values()].some(({ log }) => log.marks?.pinned);
    const anyFloor = Object.values(floorsOf(options)).some((floor) => floor > 0);
    if (!this.#dense && !anyPinned && !anyFloor) return this.#words.search(query, { k, skip, accept });

    const found = await this.#searchAll(query, accept, signal);
    const least = leastSimilarity(found, options);
    const pinned = found.filter(isPinned);
    const others = found.filter((each) => !isPinned(each) && each.similarity >= least);
    return [...pinned, ...others].slice(skip, skip + k);
  }

  /** Every log that is found, best first. */
  async #searchAll(
    query: string,
    accept: (id: string) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<Ranked[]> {
    if (!this.#dense) return this.#words.search(query, { k: this.#known.size, accept });

    const { index, weights } = this.#dense;
    // Before the search: what gets its vector meanwhile may not be among what it finds.
    const waiting = new Set(index.waiting.keys());
    const whole = { k: this.#known.size, accept, ...(signal && { signal }) };
    const byMeaning = await index.searchReady(query, whole);
    const byWords = await this.#words.search(query, whole);
    const fused = fuse(
      [
        { ranked: byWords, weight: weights.lexical },
        { ranked: byMeaning, weight: weights.dense, covers: (id) => !waiting.has(id) },
      ],
      { placeOf: (id) => this.#known.get(id)?.place ?? 0 },
    );
    return fused.filter(({ id }) => this.has(id));
  }
}

/** Of all that were found: the first in rank need not be the most similar. */
function leastSimilarity(
  found: readonly Ranked[],
  { minSimilarity = 0, minRelativeSimilarity = 0 }: SimilarityFloors,
): number {
  const most = found.reduce((best, { similarity }) => Math.max(best, similarity), 0);
  return Math.max(minSimilarity, minRelativeSimilarity * most);
}
