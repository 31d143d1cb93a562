/** Keeps one tab's index in step with the database that all tabs write to: reads the changes not seen so far. */
import type { IDBPDatabase } from "idb";
import type { BankChange } from "./bank.ts";
import type { LogIndex } from "./log-index.ts";
import type { BankSchema, ChangeRecord, LogRecord } from "./schema.ts";

/** What one transaction found. */
interface News {
  readonly last: number;
  readonly changes: readonly ChangeRecord[];
  /** The logs as they are now that the changes speak of; every log when `whole`, in the order of storing. */
  readonly logs: readonly LogRecord[];
  /** Changes were missed that are kept no more, or nothing was read before. */
  readonly whole: boolean;
}

export class CatchUp {
  readonly #db: IDBPDatabase<BankSchema>;
  readonly #index: LogIndex;
  readonly #author: string;
  readonly #tell: (change: BankChange) => void;
  /** Key of the last change that the index holds. */
  #seen: number | null = null;
  #running: Promise<void> = Promise.resolve();

  /** `tell` hears of changes by other authors than `author`. */
  constructor(
    db: IDBPDatabase<BankSchema>,
    index: LogIndex,
    author: string,
    tell: (change: BankChange) => void,
  ) {
    this.#db = db;
    this.#index = index;
    this.#author = author;
    this.#tell = tell;
  }

  /** One at a time: news applied out of order would bring deleted logs back. */
  run(): Promise<void> {
    const next = this.#running.then(() => this.#run());
    this.#running = next.catch(() => {});
    return next;
  }

  async #run(): Promise<void> {
    const first = this.#seen === null;
    const news = await this.#read();
    if (!news) return;
    if (news.whole) this.#renew(news, first);
    else this.#apply(news);
    // Only now: news that could not be applied come again.
    this.#seen = news.last;
  }

  /** Null when there is nothing new. One read transaction: changes and logs are of the same moment. */
  async #read(): Promise<News | null> {
    const read = this.#db.transaction(["changes", "logs"]);
    const changes = read.objectStore("changes");
    const logs = read.objectStore("logs");
    const last = (await changes.openKeyCursor(null, "prev"))?.key ?? 0;
    if (last === this.#seen) return null;

    const seen = this.#seen;
    const fresh = seen === null ? [] : await changes.getAll(IDBKeyRange.lowerBound(seen, true));
    if (seen === null || fresh.length !== last - seen) {
      return { last, changes: [], logs: await logs.index("sequence").getAll(), whole: true };
    }
    const found = new Map<string, LogRecord>();
    for (const id of new Set(fresh.map((change) => change.id))) {
      const log = await logs.get(id);
      if (log) found.set(id, log);
    }
    return { last, changes: fresh, logs: [...found.values()], whole: false };
  }

  #renew({ logs }: News, first: boolean): void {
    const before = new Set(this.#index.ids);
    this.#index.clear();
    for (const log of logs) this.#put(log);
    if (!first) this.#tellDifference(before);
  }

  #apply({ changes, logs }: News): void {
    const now = new Map(logs.map((log) => [log.id, log]));
    for (const { type, id, author } of changes) {
      if (type === "delete-all") this.#index.clear();
      else if (type === "delete") this.#index.remove(id);
      else if (now.has(id)) this.#put(now.get(id)!);
      if (author === this.#author) continue;
      this.#tell(type === "delete-all" ? { type, remote: true } : { type, id, remote: true });
    }
  }

  /** A damaged record is not found; it keeps no other from being found. */
  #put(log: LogRecord): void {
    try {
      this.#index.put(log);
    } catch {
      this.#index.remove(log.id);
    }
  }

  #tellDifference(before: ReadonlySet<string>): void {
    for (const id of this.#index.ids) if (!before.has(id)) this.#tell({ type: "add", id, remote: true });
    for (const id of before) if (!this.#index.has(id)) this.#tell({ type: "delete", id, remote: true });
  }
}
