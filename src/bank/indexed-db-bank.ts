/**
 * The bank that stays: IndexedDB, shared by all tabs of an origin. Each write is one transaction over log, slices
 * and a change record. Before each search a tab reads the changes that it has not seen, so that it finds what other
 * tabs stored even when no message reached it; a BroadcastChannel only wakes subscribers.
 */
import type { IDBPDatabase, IDBPTransaction } from "idb";
import type { TextIndex } from "../retrieve/text-index.ts";
import type { Ranked } from "../terms/document.ts";
import type { KvSlice } from "../terms/kv-shape.ts";
import type { Log, NewLog, SliceEncoding, Slices } from "../terms/log.ts";
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
  withSlices,
} from "./check-entry.ts";
import { explain } from "./database-errors.ts";
import { indexTermsOf, LogIndex } from "./log-index.ts";
import { type OpenOptions, openDatabase } from "./open-database.ts";
import type { BankSchema, ChangeRecord, LogRecord } from "./schema.ts";
import { fromRecord, toRecord } from "./slice-record.ts";

type Store = "logs" | "slices" | "changes";
type Write = IDBPTransaction<BankSchema, Store[], "readwrite">;

/** A tab that slept through more changes than are kept reads all logs anew. */
const CHANGES_KEPT = 256;
const STORES: Store[] = ["logs", "slices", "changes"];

export class IndexedDbBank implements LogBank {
  readonly #db: IDBPDatabase<BankSchema>;
  readonly #author = crypto.randomUUID();
  readonly #listeners = new Set<(change: BankChange) => void>();
  readonly #channel: BroadcastChannel;
  readonly #index: LogIndex;
  readonly #catchUp: CatchUp;

  private constructor(db: IDBPDatabase<BankSchema>, index: TextIndex) {
    this.#db = db;
    this.#index = new LogIndex(index);
    this.#catchUp = new CatchUp(db, this.#index, this.#author, (change) => this.#tell(change));
    this.#channel = new BroadcastChannel(`web-lag-bank:${db.name}`);
    // What fails here fails again, and is told, at the next search.
    this.#channel.onmessage = () => void this.#catchUp.run().catch(() => {});
  }

  /** `index` is empty and belongs to the bank from now on. Throws BankBlockedError. */
  static async open(options: OpenOptions & { readonly index: TextIndex }): Promise<IndexedDbBank> {
    const bank = new IndexedDbBank(await openDatabase(options), options.index);
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
    await this.#write({ type: "add", id }, async (write, sequence) => {
      if ((await write.objectStore("logs").getKey(id)) !== undefined) throw alreadyThere(id);
      await put(write, entry, sequence);
    });
  }

  async replace(entry: NewLog): Promise<void> {
    checkEntry(entry);
    const { id } = entry.log;
    await this.#write({ type: "replace", id }, async (write) => {
      const old = await write.objectStore("logs").get(id);
      if (!old) throw notThere(id);
      await write.objectStore("slices").delete(slicesOf(id));
      await put(write, entry, old.sequence);
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
    await this.#read(() => this.#catchUp.run());
    return this.#index.search(query, options);
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
      await write.objectStore("slices").delete(slicesOf(id));
      await write.objectStore("logs").delete(id);
    });
  }

  async deleteAll(): Promise<void> {
    await this.#write({ type: "delete-all", id: "" }, async (write) => {
      await write.objectStore("slices").clear();
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
    this.#listeners.clear();
    this.#channel.close();
    this.#db.close();
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

/** Every slice of a log, whatever its encoding. */
function slicesOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}

async function put(write: Write, { log, slices }: NewLog, sequence: number): Promise<void> {
  await write.objectStore("logs").put({ ...log, sequence, indexTerms: indexTermsOf(log) });
  for (const [encoding, slice] of Object.entries(slices) as [SliceEncoding, KvSlice][]) {
    await write.objectStore("slices").put(toRecord(log, encoding, slice));
  }
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
