/**
 * The bank that stays: IndexedDB, shared by all tabs of an origin. Each write is one transaction over log, slices
 * and a change record. Before each search a tab reads the changes that it has not seen, so that it finds what other
 * tabs stored even when no message reached it; a BroadcastChannel only wakes subscribers.
 */
import type { IDBPDatabase, IDBPTransaction } from "idb";
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
import { CatchUp } from "./catch-up.ts";
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
import { explain } from "./database-errors.ts";
import { indexTermsOf, LogIndex, type LogIndexes } from "./log-index.ts";
import { LogVectors, type MadeVector } from "./log-vectors.ts";
import { type OpenOptions, openDatabase } from "./open-database.ts";
import type { BankSchema, ChangeRecord, LogRecord } from "./schema.ts";
import { fromRecord, toRecord } from "./slice-record.ts";
import { vectorStoreIn } from "./vector-store.ts";

type Store = "logs" | "slices" | "vectors" | "changes";
type Write = IDBPTransaction<BankSchema, Store[], "readwrite">;

/** A tab that slept through more changes than are kept reads all logs anew. */
const CHANGES_KEPT = 256;
const STORES: Store[] = ["logs", "slices", "vectors", "changes"];

export class IndexedDbBank implements LogBank {
  readonly #db: IDBPDatabase<BankSchema>;
  readonly #author = crypto.randomUUID();
  readonly #listeners = new Set<(change: BankChange) => void>();
  readonly #channel: BroadcastChannel;
  readonly #index: LogIndex;
  readonly #catchUp: CatchUp;
  /** Null: logs are found by their words alone. */
  readonly #vectors: LogVectors | null;

  private constructor(db: IDBPDatabase<BankSchema>, indexes: LogIndexes) {
    this.#db = db;
    this.#index = new LogIndex(indexes);
    this.#catchUp = new CatchUp(db, this.#index, this.#author, (change) => this.#tell(change));
    this.#vectors = indexes.dense ? new LogVectors(indexes.dense.index, vectorStoreIn(db)) : null;
    this.#channel = new BroadcastChannel(`web-lag-bank:${db.name}`);
    // What fails here fails again, and is told, at the next search.
    this.#channel.onmessage = () => void this.#catchUpWhole().catch(() => {});
  }

  /** The indexes are empty and belong to the bank from now on. Throws BankBlockedError. */
  static async open(options: OpenOptions & LogIndexes): Promise<IndexedDbBank> {
    const bank = new IndexedDbBank(await openDatabase(options), options);
    try {
      await bank.#catchUp.run();
    } catch (error) {
      bank.close();
      throw explain(error);
    }
    return bank;
  }

  async add(entry: NewLog): Promise<void> {
    checkEntry(entry);
    const { id } = entry.log;
    // Before the transaction, which would end while the embedder works.
    const vector = (await this.#vectors?.make(id, indexTextOf(entry.log))) ?? null;
    await this.#write({ type: "add", id }, async (write, sequence) => {
      if ((await write.objectStore("logs").getKey(id)) !== undefined) throw alreadyThere(id);
      await put(write, entry, sequence);
      if (vector) await putVector(write, vector);
    });
  }

  async replace(entry: NewLog): Promise<void> {
    checkEntry(entry);
    const { id } = entry.log;
    await this.#write({ type: "replace", id }, async (write) => {
      const old = await write.objectStore("logs").get(id);
      if (!old) throw notThere(id);
      await write.objectStore("slices").delete(allOf(id));
      if (indexTextOf(old) !== indexTextOf(entry.log)) await write.objectStore("vectors").delete(allOf(id));
      await put(write, { ...entry, log: withMarks(entry.log, old.marks) }, old.sequence);
    });
  }

  async mark(id: string, marks: LogMarks): Promise<void> {
    await this.#write({ type: "replace", id }, async (write) => {
      const old = await write.objectStore("logs").get(id);
      if (!old) throw notThere(id);
      await put(write, { log: withMarks(logOf(old), marks), slices: {} }, old.sequence);
    });
  }

  async putSlices(id: string, model: string, slices: Slices): Promise<void> {
    checkRows(slices);
    await this.#write({ type: "replace", id }, async (write) => {
      const old = await write.objectStore("logs").get(id);
      if (!old) throw notThere(id);
      await put(write, { log: withSlices(logOf(old), model, slices), slices }, old.sequence);
    });
  }

  async search(query: string, options: LogSearchOptions): Promise<Ranked[]> {
    await this.#catchUpWhole();
    return this.#index.search(query, options);
  }

  async withoutVector(): Promise<number> {
    await this.#catchUpWhole();
    return this.#index.withoutVector;
  }

  get(id: string): Promise<Log | undefined> {
    return this.#read(async () => {
      const record = await this.#db.get("logs", id);
      return record && logOf(record);
    });
  }

  slice(id: string, encoding: SliceEncoding, model?: string): Promise<KvSlice | undefined> {
    return this.#read(async () => {
      const record = await this.#db.get("slices", [id, encoding]);
      if (!record) return undefined;
      checkModel(id, record.model, model);
      return fromRecord(record);
    });
  }

  list(): Promise<Log[]> {
    return this.#read(async () => newestFirst((await this.#inOrder()).map(logOf)));
  }

  async delete(id: string): Promise<void> {
    await this.#write({ type: "delete", id }, async (write) => {
      await write.objectStore("slices").delete(allOf(id));
      await write.objectStore("vectors").delete(allOf(id));
      await write.objectStore("logs").delete(id);
    });
  }

  async deleteAll(): Promise<void> {
    await this.#write({ type: "delete-all", id: "" }, async (write) => {
      await write.objectStore("slices").clear();
      await write.objectStore("vectors").clear();
      await write.objectStore("logs").clear();
    });
  }

  stats(): Promise<BankStats> {
    return this.#read(async () => statsOf(await this.#inOrder()));
  }

  subscribe(listener: (change: BankChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#vectors?.close();
    this.#listeners.clear();
    this.#channel.close();
    this.#db.close();
  }

  async #catchUpWhole(): Promise<void> {
    await this.#read(() => this.#catchUp.run());
    await this.#read(async () => this.#vectors?.catchUp());
  }

  #inOrder(): Promise<LogRecord[]> {
    return this.#db.getAllFromIndex("logs", "sequence");
  }

  async #read<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explain(error);
    }
  }

  /** One transaction: `work`, the record of the change, and the oldest change records out. All or nothing. */
  async #write(
    change: Omit<ChangeRecord, "author">,
    work: (write: Write, sequence: number) => Promise<void>,
  ): Promise<void> {
    await this.#read(async () => {
      const write = this.#db.transaction(STORES, "readwrite");
      // Told below, by whichever of the two promises fails first.
      write.done.catch(() => {});
      try {
        const changes = write.objectStore("changes");
        const sequence = await changes.add({ ...change, author: this.#author });
        await work(write, sequence);
        await changes.delete(IDBKeyRange.upperBound(sequence - CHANGES_KEPT));
        await write.done;
      } catch (error) {
        await abort(write);
        // A request that was cut off knows only that; the transaction knows the reason.
        throw write.error ?? error;
      }
    });
    this.#channel.postMessage(null);
    const { type, id } = change;
    this.#tell(type === "delete-all" ? { type, remote: false } : { type, id, remote: false });
  }

  #tell(change: BankChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** Every slice or vector of a log, whatever its encoding or embedder. */
function allOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

async function put(write: Write, { log, slices }: NewLog, sequence: number): Promise<void> {
  await write.objectStore("logs").put({ ...log, sequence, indexTerms: indexTermsOf(log) });
  for (const [encoding, slice] of Object.entries(slices) as [SliceEncoding, KvSlice][]) {
    await write.objectStore("slices").put(toRecord(log, encoding, slice));
  }
}

async function putVector(write: Write, { logId, embedder, vector }: MadeVector): Promise<void> {
  await write.objectStore("vectors").put({ logId, embedder, vector });
}

function logOf({ sequence: _, indexTerms: __, ...log }: LogRecord): Log {
  return log;
}

/** Resolves when nothing of the transaction is left. */
async function abort(write: Write): Promise<void> {
  try {
    write.abort();
  } catch {
    // It ended by itself.
  }
  await write.done.catch(() => {});
}
