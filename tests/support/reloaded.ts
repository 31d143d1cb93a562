/** Rows as the next visit finds them: stored in IndexedDB, the database closed, opened again, and read. */
import { IndexedDbBank } from "../../src/bank/indexed-db-bank.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { anEntry } from "./log-entries.ts";

export async function storedAndReloaded(slice: KvSlice): Promise<KvSlice> {
  const name = `reloaded-${crypto.randomUUID()}`;
  const open = () => IndexedDbBank.open({ name, index: new LexicalIndex() });
  const before = await open();
  await before.add(anEntry("log", {}, slice));
  before.close();
  const after = await open();
  try {
    return (await after.slice("log", "kv"))!;
  } finally {
    await after.deleteAll();
    after.close();
  }
}
