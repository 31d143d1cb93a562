/** A bank that lives as long as its page: for evaluation, where storage is refused, and for tests. */
import type { TextIndex } from "../retrieve/text-index.ts";
import type { Ranked } from "../terms/document.ts";
import type { KvSlice } from "../terms/kv-shape.ts";
import {
  indexTextOf,
  type Log,
  type LogMarks,
  type NewLog,
  type SliceEncoding,
  type Slices,
} from "../terms/log.ts";
import type { BankChange, BankStats, LogBank, LogSearchOptions } from "./bank.ts";
import {
  alreadyThere,
  checkEntry,
  checkModel,
  checkRows,
  newestFirst,
  notThere,
  statsOf,
  withMarks,
  withSlices,
} from "./check-entry.ts";
import { type DenseLogs, indexTermsOf, LogIndex } from "./log-index.ts";
import { LogVectors, type MadeVector, type VectorStore } from "./log-vectors.ts";

/** Vectors live in the index only. */
const NOT_KEPT: VectorStore = { read: async () => new Map(), write: async () => {} };

export class MemoryBank implements LogBank {
  readonly #entries = new Map<string, NewLog>();
  readonly #listeners = new Set<(change: BankChange) => void>();
  readonly #index: LogIndex;
  readonly #dense: DenseLogs | undefined;
  readonly #vectors: LogVectors | null;

  /** The indexes are empty and belong to the bank from now on. */
  constructor(index: TextIndex, dense?: DenseLogs) {
    this.#index = new LogIndex({ index, ...(dense && { dense }) });
    this.#dense = dense;
    this.#vectors = dense ? new LogVectors(dense.index, NOT_KEPT) : null;
  }

  async add(entry: NewLog): Promise<void> {
    checkEntry(entry);
    const { id } = entry.log;
    const made = (await this.#vectors?.make(id, indexTextOf(entry.log))) ?? null;
    if (this.#entries.has(id)) throw alreadyThere(id);
    this.#put(entry, "add", made);
  }

  async replace(entry: NewLog): Promise<void> {
    checkEntry(entry);
    const old = this.#entries.get(entry.log.id);
    if (!old) throw notThere(entry.log.id);
    this.#put({ ...entry, log: withMarks(entry.log, old.log.marks) }, "replace");
  }

  async mark(id: string, marks: LogMarks): Promise<void> {
    const entry = this.#entries.get(id);
    if (!entry) throw notThere(id);
    this.#put({ ...entry, log: withMarks(entry.log, marks) }, "replace");
  }

  async putSlices(id: string, model: string, slices: Slices): Promise<void> {
    checkRows(slices);
    const entry = this.#entries.get(id);
    if (!entry) throw notThere(id);
    const log = withSlices(entry.log, model, slices);
    this.#put({ log, slices: { ...entry.slices, ...slices } }, "replace");
  }

  async search(query: string, options: LogSearchOptions): Promise<Ranked[]> {
    await this.#vectors?.catchUp();
    return this.#index.search(query, options);
  }

  async withoutVector(): Promise<number> {
    await this.#vectors?.catchUp();
    return this.#index.withoutVector;
  }

  async get(id: string): Promise<Log | undefined> {
    return structuredClone(this.#entries.get(id)?.log);
  }

  async slice(id: string, encoding: SliceEncoding, model?: string): Promise<KvSlice | undefined> {
    const entry = this.#entries.get(id);
    if (!entry?.slices[encoding]) return undefined;
    checkModel(id, entry.log.model, model);
    return structuredClone(entry.slices[encoding]);
  }

  async list(): Promise<Log[]> {
    return newestFirst([...this.#entries.values()].map(({ log }) => structuredClone(log)));
  }

  async delete(id: string): Promise<void> {
    this.#entries.delete(id);
    this.#index.remove(id);
    this.#tell({ type: "delete", id, remote: false });
  }

  async deleteAll(): Promise<void> {
    this.#entries.clear();
    this.#index.clear();
    this.#tell({ type: "delete-all", remote: false });
  }

  async stats(): Promise<BankStats> {
    return statsOf([...this.#entries.values()].map(({ log }) => log));
  }

  subscribe(listener: (change: BankChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#vectors?.close();
    this.#listeners.clear();
  }

  /** Copied on the way in and out, as a database would: what a caller does to its arrays stays with the caller. */
  #put(entry: NewLog, type: "add" | "replace", made: MadeVector | null = null): void {
    this.#entries.set(entry.log.id, structuredClone(entry));
    this.#index.put({ ...entry.log, indexTerms: indexTermsOf(entry.log) });
    if (made) this.#dense?.index.put(made.logId, made.text, made.vector);
    this.#tell({ type, id: entry.log.id, remote: false });
  }

  #tell(change: BankChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
