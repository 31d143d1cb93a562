/** What only a bank on IndexedDB keeps: whole transactions, other tabs, damage, quota, versions. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { BankChange } from "../../src/bank/bank.ts";
import { IndexedDbBank } from "../../src/bank/indexed-db-bank.ts";
import { type LogRecord, UPGRADES, type Upgrade } from "../../src/bank/schema.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { bankContract } from "./bank-contract.suite.ts";
import { anEntry, aSlice } from "./log-entries.ts";

export function indexedDbBankSuite(): void {
  const banks: IndexedDbBank[] = [];
  const open = async (name: string, more: { upgrades?: readonly Upgrade[]; patience?: number } = {}) => {
    const bank = await IndexedDbBank.open({ name, index: new LexicalIndex(), ...more });
    banks.push(bank);
    return bank;
  };
  const newName = () => `bank-${crypto.randomUUID()}`;
  afterEach(() => {
    vi.restoreAllMocks();
    for (const bank of banks.splice(0)) bank.close();
  });

  bankContract("IndexedDB", () => open(newName()));

  describe("IndexedDB: one transaction", () => {
    it.each(["QuotaExceededError", "DataError"])(
      "a failing write of the slice (%s) takes the log with it",
      async (name) => {
        const bank = await open(newName());
        await bank.add(anEntry("before"));
        const heard: BankChange[] = [];
        bank.subscribe((change) => heard.push(change));
        const real = IDBObjectStore.prototype.put;
        vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
          this: IDBObjectStore,
          ...args
        ) {
          if (this.name === "slices") throw new DOMException("simulated", name);
          return real.apply(this, args);
        });
        await expect(bank.add(anEntry("after"))).rejects.toMatchObject({
          name: name === "QuotaExceededError" ? "BankFullError" : "BankBlockedError",
        });
        await expect(bank.replace(anEntry("before", {}, aSlice(9)))).rejects.toThrow();
        vi.restoreAllMocks();

        expect((await bank.list()).map(({ id }) => id)).toEqual(["before"]);
        expect(await bank.slice("before", "kv")).toStrictEqual(aSlice());
        expect(await bank.slice("after", "kv")).toBeUndefined();
        expect(await bank.search("father of after", { k: 2 })).toMatchObject([{ id: "before" }]);
        expect(heard).toEqual([]);
        await bank.add(anEntry("after"));
        expect(await bank.search("father of after", { k: 1 })).toMatchObject([{ id: "after" }]);
      },
    );

    it("a transaction that the browser aborts for want of space is BankFullError too", async () => {
      const bank = await open(newName());
      const real = IDBObjectStore.prototype.put;
      vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, ...args) {
        const request = real.apply(this, args);
        // As when the commit fails: the requests know nothing of the reason, the transaction does.
        Object.defineProperty(this.transaction, "error", {
          get: () => new DOMException("simulated", "QuotaExceededError"),
        });
        this.transaction.abort();
        return request;
      });
      await expect(bank.add(anEntry("a"))).rejects.toMatchObject({ name: "BankFullError" });
      vi.restoreAllMocks();
      expect(await bank.list()).toEqual([]);
    });
  });

  it("a log's record holds the words by which it is found", async () => {
    const name = newName();
    const bank = await open(name);
    await bank.add(
      anEntry("Mei", { question: "Who is Mei's son?", responses: ["First.", "His son: Shaowu."] }),
    );
    const words = async () => {
      const db = await raw(name);
      const record = await settled<LogRecord>(db.transaction("logs").objectStore("logs").get("Mei"));
      db.close();
      return record.indexTerms;
    };
    expect(await words()).toEqual(["who", "is", "mei", "son", "his", "son", "shaowu"]);
    await bank.replace(anEntry("Mei", { question: "Çelhaka?", responses: [] }));
    expect(await words()).toEqual(["celhaka"]);
    expect(await bank.search("shaowu", { k: 1 })).toEqual([]);
    expect(await bank.search("celhaka", { k: 1 })).toMatchObject([{ id: "Mei" }]);
  });

  describe("IndexedDB: two tabs on one bank", () => {
    it("find each other's logs in the next search, and rows survive a reload", async () => {
      const name = newName();
      const [one, two] = [await open(name), await open(name)];
      await one.add(anEntry("Mei Lanfang", {}, aSlice(6, "float32", 7)));
      expect(await two.search("Mei Lanfang", { k: 3 })).toMatchObject([{ id: "Mei Lanfang" }]);
      await two.add(anEntry("King Vidor"));
      expect(await one.search("King Vidor", { k: 1 })).toMatchObject([{ id: "King Vidor" }]);
      await two.delete("Mei Lanfang");
      expect((await one.search("Mei Lanfang father", { k: 3 })).map(({ id }) => id)).toEqual(["King Vidor"]);
      one.close();
      two.close();
      const reloaded = await open(name);
      expect(await reloaded.search("King Vidor", { k: 1 })).toMatchObject([{ id: "King Vidor" }]);
      expect(await reloaded.slice("King Vidor", "kv")).toStrictEqual(aSlice());
    });

    it("no message is needed, and a tab that slept through more changes than are kept still finds all", async () => {
      vi.spyOn(BroadcastChannel.prototype, "postMessage").mockImplementation(() => {});
      const name = newName();
      const [awake, asleep] = [await open(name), await open(name)];
      await awake.add(anEntry("gone"));
      await awake.add(anEntry("Early Bird"));
      await asleep.search("Early Bird", { k: 1 });
      const heard: BankChange[] = [];
      asleep.subscribe((change) => heard.push(change));
      await awake.delete("gone");
      for (let i = 0; i < 300; i++) await awake.replace(anEntry("Early Bird", { steps: i }));
      await awake.add(anEntry("Late Riser"));
      expect(await asleep.search("Late Riser", { k: 1 })).toMatchObject([{ id: "Late Riser" }]);
      expect((await asleep.search("father", { k: 9 })).map(({ id }) => id)).toEqual([
        "Early Bird",
        "Late Riser",
      ]);
      expect(heard).toEqual([
        { type: "add", id: "Late Riser", remote: true },
        { type: "delete", id: "gone", remote: true },
      ]);
      expect(await countOf(name, "changes")).toBeLessThanOrEqual(256);
    });

    it("a change in one wakes the other's subscribers once, as remote", async () => {
      const name = newName();
      const [one, two] = [await open(name), await open(name)];
      const heard: BankChange[] = [];
      two.subscribe((change) => heard.push(change));
      await one.add(anEntry("a"));
      await one.replace(anEntry("a"));
      await one.delete("a");
      await one.deleteAll();
      await vi.waitFor(() => expect(heard).toHaveLength(4), { timeout: 5000 });
      await two.search("a", { k: 1 });
      expect(heard).toEqual([
        { type: "add", id: "a", remote: true },
        { type: "replace", id: "a", remote: true },
        { type: "delete", id: "a", remote: true },
        { type: "delete-all", remote: true },
      ]);
    });

    it("both write at once and neither loses a log", async () => {
      const name = newName();
      const [one, two] = [await open(name), await open(name)];
      const ids = Array.from({ length: 12 }, (_, i) => `log-${i}`);
      await Promise.all(ids.map((id, i) => (i % 2 ? one : two).add(anEntry(id))));
      const [a, b] = await Promise.all([one.search("father", { k: 20 }), two.search("father", { k: 20 })]);
      expect(a.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(b).toEqual(a);
      await expect(Promise.all([one.add(anEntry("same")), two.add(anEntry("same"))])).rejects.toMatchObject({
        name: "InputError",
      });
    });
  });

  describe("IndexedDB: damage and versions", () => {
    it("rows that are cut or lost are told apart, and the log stays", async () => {
      const name = newName();
      const bank = await open(name);
      await bank.add(anEntry("cut"));
      await bank.add(anEntry("lost"));
      await edit(name, "slices", (slices) => {
        slices.get(["cut", "kv"]).onsuccess = (event) => {
          const record = (event.target as IDBRequest).result;
          slices.put({ ...record, rows: record.rows.slice(0, -4) });
        };
        slices.delete(["lost", "kv"]);
      });
      await expect(bank.slice("cut", "kv")).rejects.toMatchObject({ name: "KvShapeError" });
      expect(await bank.slice("lost", "kv")).toBeUndefined();
      expect(await bank.list()).toHaveLength(2);
      await bank.replace(anEntry("cut"));
      expect(await bank.slice("cut", "kv")).toStrictEqual(aSlice());
    });

    it("a log that is damaged is not found, and the others are", async () => {
      const name = newName();
      const bank = await open(name);
      for (const id of ["Mei Lanfang", "King Vidor"]) await bank.add(anEntry(id));
      await edit(name, "logs", (logs) => logs.put({ id: "Mei Lanfang", sequence: 1 }));
      const reloaded = await open(name);
      await bank.add(anEntry("Zach Braff"));
      for (const tab of [bank, reloaded]) {
        expect(await tab.search("King Vidor", { k: 1 })).toMatchObject([{ id: "King Vidor" }]);
        expect(await tab.search("Zach Braff", { k: 1 })).toMatchObject([{ id: "Zach Braff" }]);
      }
      expect((await reloaded.search("father", { k: 9 })).map(({ id }) => id)).toEqual([
        "King Vidor",
        "Zach Braff",
      ]);
    });

    it("news that could not be taken in is taken in by the next search", async () => {
      const name = newName();
      const index = new LexicalIndex();
      const one = await IndexedDbBank.open({ name, index });
      banks.push(one);
      const two = await open(name);
      await one.add(anEntry("Mei Lanfang"));
      vi.spyOn(BroadcastChannel.prototype, "postMessage").mockImplementation(() => {});
      await one.search("Mei Lanfang", { k: 1 });
      await two.delete("Mei Lanfang");
      vi.spyOn(index, "remove").mockImplementationOnce(() => {
        throw new Error("simulated");
      });
      await expect(one.search("Mei Lanfang", { k: 1 })).rejects.toThrow("simulated");
      expect(await one.search("Mei Lanfang", { k: 1 })).toEqual([]);
    });

    const next: readonly Upgrade[] = [...UPGRADES, (db) => db.createObjectStore("later" as "logs")];

    it("an upgrade keeps logs, rows and search; the old tab lets go and says what to do", async () => {
      const name = newName();
      const old = await open(name);
      await old.add(anEntry("Mei Lanfang"));
      const upgraded = await open(name, { upgrades: next });
      expect(await upgraded.search("Mei Lanfang", { k: 1 })).toMatchObject([{ id: "Mei Lanfang" }]);
      expect(await upgraded.slice("Mei Lanfang", "kv")).toStrictEqual(aSlice());
      await expect(old.search("Mei Lanfang", { k: 1 })).rejects.toMatchObject({ name: "BankBlockedError" });
      await expect(old.add(anEntry("b"))).rejects.toMatchObject({ name: "BankBlockedError" });
    });

    it("a bank of a newer version is refused by name and left alone", async () => {
      const name = newName();
      const newer = await open(name, { upgrades: next });
      await newer.add(anEntry("a"));
      await expect(open(name)).rejects.toMatchObject({ name: "BankBlockedError" });
      expect(await newer.list()).toHaveLength(1);
    });

    it("a tab that does not let go blocks the upgrade with an error, not for ever", async () => {
      const name = newName();
      await open(name);
      banks.pop()!.close();
      const stubborn = await raw(name);
      await expect(open(name, { upgrades: next, patience: 50 })).rejects.toMatchObject({
        name: "BankBlockedError",
        message: expect.stringContaining("Close the other tabs"),
      });
      stubborn.close();
    });

    it("a browser without IndexedDB, or one that refuses it, gives BankBlockedError", async () => {
      vi.stubGlobal("indexedDB", undefined);
      await expect(open(newName())).rejects.toMatchObject({ name: "BankBlockedError" });
      vi.unstubAllGlobals();
      vi.spyOn(indexedDB, "open").mockImplementation(() => {
        throw new DOMException("denied", "SecurityError");
      });
      await expect(open(newName())).rejects.toMatchObject({ name: "BankBlockedError" });
    });
  });
}

function raw(name: string): Promise<IDBDatabase> {
  return settled(indexedDB.open(name));
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function edit(name: string, store: string, work: (store: IDBObjectStore) => void): Promise<void> {
  const db = await raw(name);
  const transaction = db.transaction(store, "readwrite");
  work(transaction.objectStore(store));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  db.close();
}

async function countOf(name: string, store: string): Promise<number> {
  const db = await raw(name);
  const count = await settled(db.transaction(store).objectStore(store).count());
  db.close();
  return count;
}
