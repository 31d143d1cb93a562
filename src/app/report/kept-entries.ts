/**
 * Finished questions of evaluations, in a database of their own, so that a run that was stopped, or whose tab was
 * closed, goes on where it ended. Nothing that the chat reads is in it.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Entries, Store } from "../../evaluation/solver.ts";

const VERSION = 1;

interface Schema extends DBSchema {
  /** What the entries of a name were made with. */
  runs: { key: string; value: object };
  entries: { key: [name: string, n: number]; value: unknown };
}

/** The store of one run. */
export interface KeptRun extends Store {
  /** Everything that was opened through this run, as JSON lines: a configuration, then its entries; and so on. */
  lines(): Promise<string>;
}

export interface KeptEntries {
  run(): KeptRun;
  /** Number of entries of all runs. */
  count(): Promise<number>;
  deleteAll(): Promise<void>;
}

/** Rejects where the browser gives no storage. */
export async function openKeptEntries(database = "web-lag-evaluations"): Promise<KeptEntries> {
  const db = await openDB<Schema>(database, VERSION, {
    upgrade(fresh) {
      fresh.createObjectStore("runs");
      fresh.createObjectStore("entries");
    },
    // A newer page in another tab must not wait for this one.
    blocking: () => db.close(),
  });
  return {
    run() {
      const names = new Set<string>();
      return {
        async open<T>(name: string, configuration: object): Promise<Entries<T>> {
          names.add(name);
          await db.put("runs", configuration, name);
          return entriesOf<T>(db, name);
        },
        async lines() {
          const parts = await Promise.all([...names].map((name) => linesOf(db, name)));
          return parts.flat().join("");
        },
      };
    },
    count: () => db.count("entries"),
    async deleteAll() {
      const transaction = db.transaction(["runs", "entries"], "readwrite");
      await Promise.all([
        transaction.objectStore("runs").clear(),
        transaction.objectStore("entries").clear(),
        transaction.done,
      ]);
    },
  };
}

async function entriesOf<T>(db: IDBPDatabase<Schema>, name: string): Promise<Entries<T>> {
  const entries = new Map((await listed(db, name)).map(({ n, value }) => [n, value as T]));
  return {
    get: (n) => entries.get(n),
    async put(n, value) {
      await db.put("entries", value, [name, n]);
      entries.set(n, value);
    },
  };
}

async function linesOf(db: IDBPDatabase<Schema>, name: string): Promise<string[]> {
  const configuration = await db.get("runs", name);
  return [{ configuration }, ...(await listed(db, name))].map((line) => `${JSON.stringify(line)}\n`);
}

/** The entries of a name, by their numbers. */
async function listed(db: IDBPDatabase<Schema>, name: string) {
  const range = IDBKeyRange.bound([name, 0], [name, Number.POSITIVE_INFINITY]);
  const transaction = db.transaction("entries");
  const [keys, values] = await Promise.all([
    transaction.store.getAllKeys(range),
    transaction.store.getAll(range),
  ]);
  return keys.map(([, n], i) => ({ n, value: values[i] }));
}
