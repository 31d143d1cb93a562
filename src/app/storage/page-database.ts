/**
 * What the page itself keeps, apart from the bank: conversations and imported documents. One database for each bank, so
 * that a page with another bank has conversations of its own. Where the browser gives no storage, everything lasts as
 * long as the page.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Conversation } from "../conversations/conversation.ts";
import type { ImportedCorpus } from "../documents/corpora.ts";

interface PageSchema extends DBSchema {
  conversations: { key: string; value: Conversation };
  corpora: { key: string; value: ImportedCorpus };
}

/** One store by key. Rejects with what the browser throws. */
export interface Shelf<T> {
  all(): Promise<T[]>;
  get(key: string): Promise<T | undefined>;
  put(value: T): Promise<void>;
  /**
   * Puts what `change` makes of the value of `key`, with nothing in between, whichever tab that might be of; nothing
   * where it makes nothing. Returns what was put.
   */
  update(key: string, change: (kept: T | undefined) => T | undefined): Promise<T | undefined>;
  delete(key: string): Promise<void>;
}

export interface PageStorage {
  readonly conversations: Shelf<Conversation>;
  readonly corpora: Shelf<ImportedCorpus>;
  /** Why nothing of it outlasts the page, or undefined when it does. */
  readonly refused: unknown;
}

/** The upgrade at index i leads from version i to version i + 1. Never changed once released. */
const UPGRADES: readonly ((db: IDBPDatabase<PageSchema>) => void)[] = [
  (db) => {
    db.createObjectStore("conversations", { keyPath: "id" });
    db.createObjectStore("corpora", { keyPath: "name" });
  },
];

/** Never rejects. */
export async function openPageStorage(bankName: string): Promise<PageStorage> {
  try {
    const db = await openDB<PageSchema>(nameOf(bankName), UPGRADES.length, {
      upgrade: (fresh, oldVersion) => {
        for (const upgrade of UPGRADES.slice(oldVersion)) upgrade(fresh);
      },
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    return { conversations: kept(db, "conversations"), corpora: kept(db, "corpora"), refused: undefined };
  } catch (error) {
    return {
      conversations: inMemory(({ id }) => id),
      corpora: inMemory(({ name }) => name),
      refused: error,
    };
  }
}

function nameOf(bankName: string): string {
  return `${bankName}-page`;
}

function kept<S extends "conversations" | "corpora">(
  db: IDBPDatabase<PageSchema>,
  store: S,
): Shelf<PageSchema[S]["value"]> {
  return {
    all: () => db.getAll(store),
    get: (key) => db.get(store, key),
    put: async (value) => {
      await db.put(store, value);
    },
    async update(key, change) {
      const transaction = db.transaction(store, "readwrite");
      const value = change(await transaction.store.get(key));
      if (value !== undefined) await transaction.store.put(value);
      await transaction.done;
      return value;
    },
    delete: (key) => db.delete(store, key),
  };
}

function inMemory<T>(keyOf: (value: T) => string): Shelf<T> {
  const values = new Map<string, T>();
  return {
    all: async () => structuredClone([...values.values()]),
    get: async (key) => structuredClone(values.get(key)),
    put: async (value) => void values.set(keyOf(value), structuredClone(value)),
    async update(key, change) {
      const value = change(structuredClone(values.get(key)));
      if (value !== undefined) values.set(key, structuredClone(value));
      return value;
    },
    delete: async (key) => void values.delete(key),
  };
}
