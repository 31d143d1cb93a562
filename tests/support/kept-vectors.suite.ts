/** What only a bank on IndexedDB does with vectors: keeps them for the next visit, other tabs and other embedders. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { IndexedDbBank } from "../../src/bank/indexed-db-bank.ts";
import { openDatabase } from "../../src/bank/open-database.ts";
import { UPGRADES, type VectorRecord } from "../../src/bank/schema.ts";
import { toRecord } from "../../src/bank/slice-record.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import {
  ANAGRAM,
  bankEmbedderContract,
  denseLogs,
  idsFound,
  LAMP,
  MOON,
  saying,
} from "./bank-embedder.suite.ts";
import { LetterEmbedder } from "./letter-embedder.ts";

export function keptVectorsSuite(): void {
  const banks: IndexedDbBank[] = [];
  /** Without an embedder: by words alone. */
  const open = async (name: string, embedder?: LetterEmbedder) => {
    const dense = embedder && { dense: denseLogs(embedder) };
    banks.push(await IndexedDbBank.open({ name, index: new LexicalIndex(), ...dense }));
    return banks.at(-1)!;
  };
  const newName = () => `vectors-${crypto.randomUUID()}`;
  const allMade = (bank: IndexedDbBank) =>
    vi.waitFor(async () => expect(await bank.withoutVector()).toBe(0), { timeout: 5000 });
  afterEach(() => {
    vi.restoreAllMocks();
    for (const bank of banks.splice(0)) bank.close();
  });

  bankEmbedderContract("IndexedDB", async (dense) => {
    banks.push(await IndexedDbBank.open({ name: newName(), index: new LexicalIndex(), dense }));
    return banks.at(-1)!;
  });

  describe("IndexedDB: vectors", () => {
    it("are there at the next visit and in other tabs: nothing is embedded twice", async () => {
      const name = newName();
      const first = await open(name, new LetterEmbedder());
      await first.add(LAMP);
      first.close();
      const embedder = new LetterEmbedder();
      const [again, other] = [await open(name, embedder), await open(name, embedder)];
      expect(await again.withoutVector()).toBe(0);
      expect(await idsFound(again, ANAGRAM)).toEqual(["lamp"]);
      await again.add(MOON);
      expect(embedder.documents).toEqual(["Moon?\nDust"]);
      expect(await idsFound(other, "n moods tu")).toEqual(["moon", "lamp"]);
      expect(embedder.documents).toEqual(["Moon?\nDust"]);
    });

    it("are made in the background for logs that a tab without an embedder stored", async () => {
      const name = newName();
      const plain = await open(name);
      for (let i = 0; i < 20; i++) await plain.add(saying(`b${i}`, "b?", "b"));
      await plain.add(LAMP);
      const embedder = new LetterEmbedder();
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      embedder.before = async (texts) => (texts.includes("b?\nb") ? held : undefined);
      const bank = await open(name, embedder);
      expect(await bank.withoutVector()).toBe(21);
      expect(await idsFound(bank, "lamp", 1)).toEqual(["lamp"]);
      expect(await idsFound(bank, ANAGRAM)).toEqual([]);
      release();
      await allMade(bank);
      expect(await idsFound(bank, ANAGRAM, 1)).toEqual(["lamp"]);
      expect(embedder.documents).toHaveLength(21);
      expect(await recordsIn(name)).toHaveLength(21);
    });

    it("are made again for another embedder, and those of the first one stay", async () => {
      const name = newName();
      const first = await open(name, new LetterEmbedder("first"));
      await first.add(LAMP);
      const second = await open(name, new LetterEmbedder("second"));
      await allMade(second);
      expect(await idsFound(second, ANAGRAM)).toEqual(["lamp"]);
      expect((await recordsIn(name)).map(({ embedder }) => embedder)).toEqual(["first", "second"]);
      const embedder = new LetterEmbedder("first");
      expect(await (await open(name, embedder)).withoutVector()).toBe(0);
      expect(embedder.documents).toEqual([]);
    });

    it("go with their log, and with a text that is no longer its own", async () => {
      const name = newName();
      const bank = await open(name, new LetterEmbedder());
      const plain = await open(name);
      const ids = async () => (await recordsIn(name)).map(({ logId }) => logId);
      for (const entry of [LAMP, MOON]) await bank.add(entry);
      bank.close(); // it would make them again at once
      await plain.replace(saying("lamp", "Lamp?", "Oil")); // as when another model encodes it anew
      expect(await ids()).toEqual(["lamp", "moon"]);
      await plain.replace(saying("lamp", "Zzz?", "Zzz"));
      expect(await ids()).toEqual(["moon"]);
      await plain.delete("moon");
      expect(await ids()).toEqual([]);
      await allMade(await open(name, new LetterEmbedder()));
      expect(await ids()).toEqual(["lamp"]);
      await plain.deleteAll();
      expect(await ids()).toEqual([]);
    });

    it("of a text that changes while it is embedded, or of a log that goes, are not kept", async () => {
      const name = newName();
      const plain = await open(name);
      for (const entry of [LAMP, MOON]) await plain.add(entry);
      const embedder = new LetterEmbedder();
      embedder.before = async (texts) => {
        if (!texts.includes("Lamp?\nOil")) return;
        await plain.replace(saying("lamp", "Zzz?", "Zzz"));
        await plain.delete("moon");
      };
      const bank = await open(name, embedder);
      await bank.withoutVector();
      await vi.waitFor(async () => expect(await idsFound(bank, "zzzzz")).toEqual(["lamp"]));
      await allMade(bank);
      const [record, ...others] = await recordsIn(name);
      expect(others).toEqual([]);
      expect(record!.logId).toBe("lamp");
      expect(record!.vector[25]).toBe(6);
    });

    it("one that is damaged is made again", async () => {
      const name = newName();
      const bank = await open(name, new LetterEmbedder());
      await bank.add(LAMP);
      bank.close();
      const db = await openDatabase({ name });
      await db.put("vectors", { logId: "lamp", embedder: "letters", vector: new Float32Array(3) });
      db.close();
      const again = await open(name, new LetterEmbedder());
      await allMade(again);
      expect(await idsFound(again, ANAGRAM)).toEqual(["lamp"]);
      expect((await recordsIn(name))[0]!.vector).toHaveLength(26);
    });

    it("that cannot be stored serve this tab", async () => {
      const name = newName();
      await (await open(name)).add(LAMP);
      const real = IDBObjectStore.prototype.put;
      vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
        if (this.name === "vectors") throw new DOMException("simulated", "QuotaExceededError");
        return real.apply(this, args);
      });
      const bank = await open(name, new LetterEmbedder());
      await allMade(bank);
      expect(await idsFound(bank, ANAGRAM)).toEqual(["lamp"]);
      expect(await recordsIn(name)).toEqual([]);
    });
  });

  describe("IndexedDB: a bank of version 1", () => {
    it("keeps its logs and rows, and gets vectors", async () => {
      const name = newName();
      const old = await openDatabase({ name, upgrades: UPGRADES.slice(0, 1) });
      expect([...old.objectStoreNames]).toEqual(["changes", "logs", "slices"]);
      for (const [place, { log, slices }] of [MOON, LAMP].entries()) {
        await old.add("changes", { type: "add", id: log.id, author: "old" });
        await old.put("logs", { ...log, sequence: place + 1, indexTerms: [log.id] });
        await old.put("slices", toRecord(log, "kv", slices.kv!));
      }
      old.close();

      const bank = await open(name, new LetterEmbedder());
      expect((await bank.list()).map(({ id }) => id)).toEqual(["moon", "lamp"]);
      expect(await bank.get("lamp")).toStrictEqual(LAMP.log);
      expect(await bank.slice("lamp", "kv")).toStrictEqual(LAMP.slices.kv);
      expect(await idsFound(bank, "lamp", 1)).toEqual(["lamp"]);
      await allMade(bank);
      expect(await idsFound(bank, ANAGRAM, 1)).toEqual(["lamp"]);
      expect(await recordsIn(name)).toHaveLength(2);
    });
  });
}

async function recordsIn(name: string): Promise<VectorRecord[]> {
  const db = await openDatabase({ name });
  const records = await db.getAll("vectors");
  db.close();
  return records;
}
