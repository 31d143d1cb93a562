/**
 * What a bank with an embedder keeps, whatever it rests on. The embedder counts letters: an anagram of a log's text
 * means the same and has no word in common with it.
 */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { LogBank } from "../../src/bank/bank.ts";
import type { DenseLogs } from "../../src/bank/log-index.ts";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import type { TextEmbedder } from "../../src/retrieve/text-embedder.ts";
import { LetterEmbedder } from "./letter-embedder.ts";
import { anEntry, aSlice } from "./log-entries.ts";

const KINDS = { dense: { lexical: 0, dense: 1 }, fused: { lexical: 1, dense: 1 } } as const;

export function denseLogs(
  embedder: TextEmbedder | Promise<TextEmbedder>,
  kind: keyof typeof KINDS = "fused",
): DenseLogs {
  return { index: new DenseIndex(embedder), weights: KINDS[kind] };
}

/** A log whose index text is `question`, a line break, `response`. */
export const saying = (id: string, question: string, response: string) =>
  anEntry(id, { question, responses: ["<keywords> nothing </keywords>", response] });

export const LAMP = saying("lamp", "Lamp?", "Oil");
export const MOON = saying("moon", "Moon?", "Dust");
/** Of the lamp's whole text. */
export const ANAGRAM = "Palm lio";

export const idsFound = async (bank: LogBank, query: string, k = 9, more = {}) =>
  (await bank.search(query, { k, ...more })).map(({ id }) => id);

/** `create` gives a new, empty bank every time, and closes it after the test. */
export function bankEmbedderContract(name: string, create: (dense: DenseLogs) => Promise<LogBank>): void {
  describe.each(["dense", "fused"] as const)(`${name}, %s: the bank with an embedder`, (kind) => {
    let embedder: LetterEmbedder;
    let bank: LogBank;
    beforeEach(async () => {
      embedder = new LetterEmbedder();
      bank = await create(denseLogs(embedder, kind));
    });

    it("finds a log by its meaning, best first, with a window that moves on", async () => {
      await bank.add(MOON);
      await bank.add(LAMP);
      const found = await bank.search(ANAGRAM, { k: 2 });
      expect(found.map(({ id }) => id)).toEqual(["lamp", "moon"]);
      for (const { similarity } of found) expect(similarity).toBeLessThanOrEqual(1);
      if (kind === "dense") expect(found[0]!.similarity).toBeCloseTo(1, 6);
      expect(await bank.search(ANAGRAM, { k: 1, skip: 1 })).toEqual(found.slice(1));
      expect(await bank.withoutVector()).toBe(0);
    });

    it("embeds question and last response as they stand, once, when the log is added", async () => {
      await bank.add(LAMP);
      expect(embedder.documents).toEqual(["Lamp?\nOil"]);
      await idsFound(bank, ANAGRAM);
      await idsFound(bank, "Dust");
      await bank.putSlices("lamp", "model-a", { "kv-all": aSlice(9) });
      await idsFound(bank, ANAGRAM);
      expect(embedder.documents).toEqual(["Lamp?\nOil"]);
      expect(embedder.calls.filter(({ role }) => role === "query")).toHaveLength(3);
    });

    it("waits for an embedder that takes its time", async () => {
      embedder.before = () => new Promise((resolve) => setTimeout(resolve, 20));
      await bank.add(LAMP);
      expect(await bank.get("lamp")).toStrictEqual(LAMP.log);
      expect(await idsFound(bank, ANAGRAM)).toEqual(["lamp"]);
    });

    it("keeps a log whose vector cannot be made, finds it by its words, and makes the vector later", async () => {
      await bank.add(MOON);
      let broken = true;
      embedder.before = async (texts) => {
        if (broken && texts.includes("Lamp?\nOil")) throw new Error("no memory");
      };
      await bank.add(LAMP);
      expect(await bank.slice("lamp", "kv")).toStrictEqual(LAMP.slices.kv);
      expect(await bank.withoutVector()).toBe(1);
      expect(await idsFound(bank, "lamp")).toContain("lamp");
      expect(await idsFound(bank, ANAGRAM)).toEqual(["moon"]);
      broken = false;
      await vi.waitFor(async () => expect(await bank.withoutVector()).toBe(0));
      expect(await idsFound(bank, ANAGRAM)).toEqual(["lamp", "moon"]);
    });

    it("a text that changes gets another vector; a log that is gone is not found", async () => {
      for (const entry of [LAMP, MOON]) await bank.add(entry);
      await idsFound(bank, ANAGRAM);
      await bank.replace(saying("lamp", "Zzz?", "Zzz"));
      await vi.waitFor(async () => expect(await bank.withoutVector()).toBe(0));
      expect(await idsFound(bank, ANAGRAM, 1)).toEqual(["moon"]);
      expect(await idsFound(bank, "zzzzz", 1)).toEqual(["lamp"]);
      await bank.delete("lamp");
      expect(await idsFound(bank, "zzzzz")).toEqual(["moon"]);
      await bank.deleteAll();
      expect(await idsFound(bank, "moon")).toEqual([]);
    });

    it("passes over logs without an answer unless they are asked for", async () => {
      await bank.add(MOON);
      await bank.add(anEntry("lamp", { ...LAMP.log, outcome: "unknown" }));
      expect(await idsFound(bank, ANAGRAM)).toEqual(["moon"]);
      expect(await idsFound(bank, ANAGRAM, 9, { unanswered: true })).toEqual(["lamp", "moon"]);
    });

    it("a search can be stopped; an embedder that fails at the query is heard of", async () => {
      await bank.add(LAMP);
      await expect(bank.search("x", { k: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: "AbortError",
      });
      embedder.before = () => Promise.reject(new Error("no memory"));
      await expect(bank.search("x", { k: 1 })).rejects.toThrow("no memory");
    });

    it("gives up the vector that it is making when it is closed", async () => {
      await bank.add(LAMP);
      await bank.replace(saying("lamp", "Zzz?", "Zzz"));
      embedder.before = () => new Promise(() => {});
      expect(await bank.withoutVector()).toBe(1);
      await vi.waitFor(() => expect(embedder.documents).toContain("Zzz?\nZzz"));
      expect(embedder.calls.at(-1)!.signal!.aborted).toBe(false);
      bank.close();
      expect(embedder.calls.at(-1)!.signal!.aborted).toBe(true);
    });

    it("an embedder that does not come: logs are stored and listed, a search says why it cannot be made", async () => {
      const alone = await create(denseLogs(Promise.reject(new Error("not there")), kind));
      await alone.add(LAMP);
      expect(await alone.list()).toHaveLength(1);
      await expect(alone.search("lamp", { k: 1 })).rejects.toThrow("not there");
      await expect(alone.withoutVector()).rejects.toThrow("not there");
    });
  });
}
