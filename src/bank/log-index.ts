/** What a bank searches in: a text index of its logs, kept in step with them, and which of them have an answer. */
import type { TextIndex } from "../retrieve/text-index.ts";
import { wordsOf } from "../retrieve/words.ts";
import type { Ranked } from "../terms/document.ts";
import { indexTextOf, type Log } from "../terms/log.ts";
import type { LogSearchOptions } from "./bank.ts";

/** What the index holds of a log. */
export type IndexedLog = Pick<Log, "id" | "outcome"> & { readonly indexTerms: readonly string[] };

/** The words of question and last response, in order, with repetitions. */
export function indexTermsOf(log: Log): string[] {
  return wordsOf(indexTextOf(log));
}

export class LogIndex {
  readonly #text: TextIndex;
  readonly #outcomes = new Map<string, Log["outcome"]>();

  /** `text` is empty and belongs to this object from now on. */
  constructor(text: TextIndex) {
    this.#text = text;
  }

  get ids(): string[] {
    return [...this.#outcomes.keys()];
  }

  has(id: string): boolean {
    return this.#outcomes.has(id);
  }

  put({ id, outcome, indexTerms }: IndexedLog): void {
    this.#text.add(id, { text: indexTerms.join(" ") });
    this.#outcomes.set(id, outcome);
  }

  remove(id: string): void {
    this.#text.remove(id);
    this.#outcomes.delete(id);
  }

  clear(): void {
    this.#text.clear();
    this.#outcomes.clear();
  }

  search(query: string, { k, skip = 0, unanswered = false }: LogSearchOptions): Promise<Ranked[]> {
    const accept = (id: string) => unanswered || this.#outcomes.get(id) === "answered";
    return this.#text.search(query, { k, skip, accept });
  }
}
