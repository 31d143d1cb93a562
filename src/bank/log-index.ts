/** What a bank searches in: a text index of its logs, kept in step with them, and which of them have an answer. */
import type { TextIndex } from "../retrieve/text-index.ts";
import type { Ranked } from "../terms/document.ts";
import { indexTextOf, type Log } from "../terms/log.ts";
import type { LogSearchOptions } from "./bank.ts";

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

  put(log: Log): void {
    this.#text.add(log.id, { text: indexTextOf(log) });
    this.#outcomes.set(log.id, log.outcome);
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
