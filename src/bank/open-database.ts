/** Opens the bank's database: upgrades an older one, refuses a newer one, lets go when a newer version wants it. */
import { type IDBPDatabase, type OpenDBCallbacks, openDB } from "idb";
import { blockedByOtherTab, explain, noDatabase } from "./database-errors.ts";
import { type BankSchema, UPGRADES, type Upgrade } from "./schema.ts";

export interface OpenOptions {
  readonly name: string;
  /** Milliseconds that other tabs have to let go of an older version. Default 3,000. */
  readonly patience?: number;
  /** Default: the released ones. */
  readonly upgrades?: readonly Upgrade[];
}

/** Throws BankBlockedError with the cure. */
export async function openDatabase(options: OpenOptions): Promise<IDBPDatabase<BankSchema>> {
  const { name, patience = 3000, upgrades = UPGRADES } = options;
  if (typeof indexedDB === "undefined") throw noDatabase();

  let timer: ReturnType<typeof setTimeout> | undefined;
  let giveUp: (error: Error) => void = () => {};
  const blocked = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const callbacks: OpenDBCallbacks<BankSchema> = {
    upgrade: (db, oldVersion) => {
      for (const upgrade of upgrades.slice(oldVersion)) upgrade(db);
    },
    // Tabs of this version close at once, but may have a transaction to finish first.
    blocked: () => {
      timer = setTimeout(() => giveUp(blockedByOtherTab()), patience);
    },
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  };
  // In an async function, because some browsers throw at once where storage is refused.
  const opening = (async () => openDB<BankSchema>(name, upgrades.length, callbacks))();
  try {
    return await Promise.race([opening, blocked]);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => {},
    );
    throw explain(error);
  } finally {
    clearTimeout(timer);
  }
}
