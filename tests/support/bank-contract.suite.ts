/** What every bank keeps, whatever it rests on. Run over memory, fake-indexeddb (Node) and Chromium's IndexedDB. */
import { beforeEach, describe, expect, it } from "vitest";
import type { BankChange, LogBank } from "../../src/bank/bank.ts";
import { headerOf } from "../../src/terms/log.ts";
import { anEntry, aSlice, SHAPE } from "./log-entries.ts";

/** `create` gives a new, empty bank every time, and closes it after the test. */
export function bankContract(name: string, create: () => Promise<LogBank>): void {
  describe(`${name}: the bank's contract`, () => {
    let bank: LogBank;
    beforeEach(async () => {
      bank = await create();
    });

    it("a log comes back as it was, and so do its rows, byte for byte", async () => {
      for (const [id, slice] of Object.entries({
        wide: aSlice(7),
        half: aSlice(3, "float16"),
        empty: aSlice(0),
      })) {
        const entry = anEntry(id, {}, slice);
        await bank.add(entry);
        expect(await bank.get(id)).toStrictEqual(entry.log);
        expect(await bank.slice(id, "kv")).toStrictEqual(slice);
      }
    });

    it("rows that are a view into a larger buffer are stored as the view", async () => {
      const slice = aSlice(2);
      const larger = new Float32Array(slice.keys.length + 20).fill(-1);
      larger.set(slice.keys, 10);
      await bank.add(anEntry("view", {}, { ...slice, keys: larger.subarray(10, 10 + slice.keys.length) }));
      larger.fill(-2);
      expect(await bank.slice("view", "kv")).toStrictEqual(slice);
    });

    it("a duplicate id is refused and leaves the first log and its rows as they were", async () => {
      const first = anEntry("twice");
      await bank.add(first);
      const second = anEntry("twice", { question: "Another?" }, aSlice(9, "float32", 100));
      await expect(bank.add(second)).rejects.toMatchObject({ name: "InputError" });
      expect(await bank.get("twice")).toStrictEqual(first.log);
      expect(await bank.slice("twice", "kv")).toStrictEqual(first.slices.kv);
      expect(await bank.stats()).toMatchObject({ logs: 1, rows: 5 });
    });

    it("rows that are not what the log announces are refused, and nothing is stored", async () => {
      const entry = anEntry("wrong");
      const cut = { ...aSlice(), values: aSlice().values.slice(1) };
      for (const slices of [{}, { kv: aSlice(4) }, { kv: cut }, { kv: aSlice(5, "float16") }]) {
        await expect(bank.add({ ...entry, slices })).rejects.toMatchObject({ name: "KvShapeError" });
      }
      expect(await bank.list()).toStrictEqual([]);
      expect(await bank.slice("wrong", "kv")).toBeUndefined();
      expect(await bank.search("father of wrong", { k: 3 })).toStrictEqual([]);
    });

    it("what is not there is undefined", async () => {
      expect(await bank.get("nobody")).toBeUndefined();
      expect(await bank.slice("nobody", "kv")).toBeUndefined();
      await bank.delete("nobody");
    });

    it("replace changes log and rows, keeps the place among equals, and refuses a log that is gone", async () => {
      for (const id of ["a", "b", "c"])
        await bank.add(anEntry(id, { question: "Who?", responses: ["same"] }));
      const again = anEntry("a", { question: "Who?", responses: ["same"], model: "model-b" }, aSlice(8));
      await bank.replace(again);
      expect(await bank.get("a")).toStrictEqual(again.log);
      expect(await bank.slice("a", "kv")).toStrictEqual(again.slices.kv);
      expect((await bank.search("who", { k: 3 })).map(({ id }) => id)).toEqual(["a", "b", "c"]);
      expect((await bank.stats()).logs).toBe(3);

      await expect(bank.replace(anEntry("gone"))).rejects.toMatchObject({ name: "InputError" });
      expect(await bank.get("gone")).toBeUndefined();
      expect(await bank.slice("gone", "kv")).toBeUndefined();
    });

    it("slices of the log's own model join those that are there, and take the place of their like", async () => {
      for (const id of ["a", "b"]) await bank.add(anEntry(id, { question: "Who?", responses: ["same"] }));
      await bank.putSlices("a", "model-a", { "kv-all": aSlice(9) });
      const log = (await bank.get("a"))!;
      expect(Object.keys(log.slices).toSorted()).toEqual(["kv", "kv-all"]);
      expect(log.slices["kv-all"]).toEqual({
        ...log.slices.kv,
        tokens: 9,
        bytes: (log.slices.kv!.bytes / 5) * 9,
      });
      expect(await bank.slice("a", "kv")).toStrictEqual(aSlice());
      expect(await bank.slice("a", "kv-all", "model-a")).toStrictEqual(aSlice(9));
      expect((await bank.stats()).rows).toBe(5 + 9 + 5);
      expect((await bank.search("who", { k: 3 })).map(({ id }) => id)).toEqual(["a", "b"]);

      await bank.putSlices("a", "model-a", { kv: aSlice(5, "float32", 7) });
      expect(await bank.slice("a", "kv")).toStrictEqual(aSlice(5, "float32", 7));
      expect(await bank.slice("a", "kv-all")).toStrictEqual(aSlice(9));
      await bank.replace(anEntry("a"));
      expect(await bank.slice("a", "kv-all")).toBeUndefined();
      await bank.putSlices("a", "model-a", { "kv-all": aSlice(9) });
      await bank.delete("a");
      expect(await bank.slice("a", "kv-all")).toBeUndefined();
    });

    it("slices of another model, damaged ones, and those of a log that is gone are refused whole", async () => {
      await bank.add(anEntry("a"));
      const before = await bank.get("a");
      const cut = { ...aSlice(), values: aSlice().values.slice(1) };
      const put = (id: string, model: string, slice = aSlice(9)) =>
        bank.putSlices(id, model, { kv: aSlice(7), "kv-all": slice });
      await expect(put("a", "model-b")).rejects.toMatchObject({ name: "ModelMismatchError" });
      await expect(put("a", "model-a", cut)).rejects.toMatchObject({ name: "KvShapeError" });
      await expect(put("gone", "model-a")).rejects.toMatchObject({ name: "InputError" });
      expect(await bank.get("a")).toStrictEqual(before);
      expect(await bank.slice("a", "kv")).toStrictEqual(aSlice());
      expect(await bank.slice("a", "kv-all")).toBeUndefined();
      expect(await bank.slice("gone", "kv-all")).toBeUndefined();
    });

    it("slices of several layouts stand side by side, with the sink that they bear and what live ones saw", async () => {
      const behind = { ...aSlice(6), sink: "abc" };
      const alive = aSlice(7, "float32", 3);
      const saw = { question: "Who?", documents: ["A title"], logs: ["b"], previous: false };
      const entry = anEntry("a");
      const slices = { ...entry.log.slices, "kv/live": { ...headerOf(alive), saw } };
      await bank.add({ log: { ...entry.log, slices }, slices: { ...entry.slices, "kv/live": alive } });
      await bank.putSlices("a", "model-a", { "kv/sink-first": behind });
      expect(await bank.slice("a", "kv/sink-first")).toStrictEqual(behind);
      expect(await bank.slice("a", "kv/live")).toStrictEqual(alive);
      expect(await bank.slice("a", "kv")).toStrictEqual(aSlice());
      const log = (await bank.get("a"))!;
      expect(log.slices["kv/sink-first"]).toMatchObject({ tokens: 6, sink: "abc" });
      expect(log.slices["kv/live"]!.saw).toEqual(saw);
      expect(log.slices.kv).not.toHaveProperty("sink");
    });

    it("a slice that bears another sink than its header says is refused", async () => {
      const entry = anEntry("a", {}, { ...aSlice(), sink: "abc" });
      await expect(bank.add(entry)).rejects.toMatchObject({ name: "LayoutMismatchError" });
      expect(await bank.list()).toEqual([]);
    });

    it("rows of another model than the one that asks are never given", async () => {
      await bank.add(anEntry("a"));
      expect(await bank.slice("a", "kv", "model-a")).toStrictEqual(aSlice());
      await expect(bank.slice("a", "kv", "model-b")).rejects.toMatchObject({ name: "ModelMismatchError" });
      await bank.replace(anEntry("a", { model: "model-b" }, aSlice(5, "float32", 9)));
      expect(await bank.slice("a", "kv", "model-b")).toStrictEqual(aSlice(5, "float32", 9));
      await expect(bank.slice("a", "kv", "model-a")).rejects.toMatchObject({ name: "ModelMismatchError" });
    });

    it("search finds by question and last response, best first, with a window that moves on", async () => {
      await bank.add(anEntry("Mei Shaowu"));
      await bank.add(anEntry("King Vidor"));
      await bank.add(anEntry("Zach Braff"));
      const found = await bank.search("Who was King Vidor's father?", { k: 1 });
      expect(found).toEqual([{ id: "King Vidor", similarity: expect.any(Number) }]);
      expect(found[0]!.similarity).toBeGreaterThan(0.3);
      expect(found[0]!.similarity).toBeLessThanOrEqual(1);

      const all = await bank.search("the father of King Vidor", { k: 3 });
      expect(await bank.search("the father of King Vidor", { k: 2, skip: 1 })).toEqual(all.slice(1));
      expect(await bank.search("the father of King Vidor", { k: 2, skip: 3 })).toEqual([]);
      expect(await bank.search("Keywords", { k: 3 })).toEqual([]); // stands in earlier responses only
    });

    it("search passes over logs without an answer unless they are asked for", async () => {
      await bank.add(anEntry("Ada", { outcome: "unanswered", answer: null }));
      await bank.add(anEntry("Ada Byron", { outcome: "unknown", answer: "unknown" }));
      await bank.add(anEntry("Ada King"));
      const ids = async (unanswered?: boolean) =>
        (await bank.search("Ada", { k: 5, ...(unanswered !== undefined && { unanswered }) })).map(
          ({ id }) => id,
        );
      expect(await ids()).toEqual(["Ada King"]);
      expect(await ids(false)).toEqual(["Ada King"]);
      expect((await ids(true)).sort()).toEqual(["Ada", "Ada Byron", "Ada King"]);
      await bank.replace(anEntry("Ada"));
      expect(await ids()).toHaveLength(2);
    });

    it("search leaves out what is not similar enough, by itself or beside the most similar, and keeps what is pinned", async () => {
      for (const id of ["Ada", "Ada King", "Ada Byron King"]) await bank.add(anEntry(id));
      const query = "Ada King";
      const ids = async (options: object = {}) =>
        (await bank.search(query, { k: 3, ...options })).map(({ id }) => id);
      const similarity = new Map(
        (await bank.search(query, { k: 3 })).map((each) => [each.id, each.similarity]),
      );
      expect(await ids()).toEqual(["Ada King", "Ada Byron King", "Ada"]);
      expect(similarity.get("Ada King")).toBe(1);
      expect(similarity.get("Ada")).toBeLessThan(0.9);
      const near = ["Ada King", "Ada Byron King"];
      expect(await ids({ minSimilarity: similarity.get("Ada")! + 0.01 })).toEqual(near);
      expect(await ids({ minRelativeSimilarity: similarity.get("Ada")! + 0.01 })).toEqual(near);
      expect(await ids({ minRelativeSimilarity: similarity.get("Ada")! })).toEqual([...near, "Ada"]);
      const second = similarity.get("Ada Byron King")!;
      expect(await ids({ minSimilarity: second, minRelativeSimilarity: 0.1, skip: 1 })).toEqual([
        "Ada Byron King",
      ]);
      // Beside one that is less similar itself.
      expect(await ids({ minRelativeSimilarity: 1, except: near })).toEqual(["Ada"]);
      expect(await ids({ minSimilarity: 1, except: near })).toEqual([]);
      // Windows of fewer than are found are held against all that is.
      expect(await ids({ minRelativeSimilarity: 1, k: 1, skip: 2 })).toEqual([]);
      await bank.mark("Ada", { pinned: true });
      expect(await ids({ minSimilarity: second })).toEqual(["Ada", ...near]);
    });

    it("search honours what a person said: never, wrong, right, pinned, and what it is told to pass over", async () => {
      for (const id of ["Ada", "Ada King", "Ada Byron King"]) await bank.add(anEntry(id));
      await bank.add(anEntry("Ada Noel", { outcome: "unanswered", answer: null }));
      const ids = async (except: string[] = []) =>
        (await bank.search("Who is the father of Ada King?", { k: 3, except })).map(({ id }) => id);
      expect(await ids()).toEqual(["Ada King", "Ada Byron King", "Ada"]);
      expect(await ids(["Ada King"])).toEqual(["Ada Byron King", "Ada"]);
      await bank.mark("Ada", { pinned: true });
      expect(await ids()).toEqual(["Ada", "Ada King", "Ada Byron King"]);
      await bank.mark("Ada King", { verdict: "wrong" });
      await bank.mark("Ada Byron King", { never: true });
      expect(await ids()).toEqual(["Ada"]);
      expect((await bank.search("Ada", { k: 5, unanswered: true })).map(({ id }) => id).sort()).toEqual([
        "Ada",
        "Ada Noel",
      ]);
      await bank.mark("Ada Noel", { verdict: "right" });
      await bank.mark("Ada King", {});
      expect(await ids()).toEqual(["Ada", "Ada King", "Ada Noel"]);
    });

    it("marks stay with a log that is encoded anew, and touch neither its rows nor a log that is gone", async () => {
      await bank.add(anEntry("Ada"));
      await bank.mark("Ada", { pinned: true, never: false });
      expect((await bank.get("Ada"))?.marks).toEqual({ pinned: true });
      expect(await bank.slice("Ada", "kv")).toStrictEqual(aSlice());
      await bank.replace(anEntry("Ada"));
      await bank.putSlices("Ada", "model-a", { kv: aSlice(2) });
      expect((await bank.get("Ada"))?.marks).toEqual({ pinned: true });
      await bank.mark("Ada", {});
      expect(await bank.get("Ada")).not.toHaveProperty("marks");
      await expect(bank.mark("gone", {})).rejects.toThrowError(
        expect.objectContaining({ name: "InputError", message: expect.stringMatching(/gone.*deleted/) }),
      );
    });

    it("lists newest first; of the same moment, the last stored first", async () => {
      await bank.add(anEntry("z", { createdAt: 10 }));
      await bank.add(anEntry("old", { createdAt: 5 }));
      await bank.add(anEntry("a", { createdAt: 10 }));
      expect((await bank.list()).map(({ id }) => id)).toEqual(["a", "z", "old"]);
    });

    it("delete removes log, rows and its place in the search, and no other's", async () => {
      await bank.add(anEntry("x"));
      await bank.add(anEntry("xy"));
      await bank.delete("x");
      expect(await bank.get("x")).toBeUndefined();
      expect(await bank.slice("x", "kv")).toBeUndefined();
      expect((await bank.search("father of x", { k: 3 })).map(({ id }) => id)).toEqual(["xy"]);
      expect(await bank.slice("xy", "kv")).toStrictEqual(aSlice());
      await bank.add(anEntry("x", {}, aSlice(2)));
      expect(await bank.slice("x", "kv")).toStrictEqual(aSlice(2));
    });

    it("counts logs, rows and bytes; deleteAll empties everything", async () => {
      expect(await bank.stats()).toEqual({ logs: 0, rows: 0, sliceBytes: 0 });
      await bank.add(anEntry("a", {}, aSlice(5)));
      await bank.add(anEntry("b", {}, aSlice(3, "float16")));
      const perRow = 2 * SHAPE.layers * SHAPE.kvHeads * SHAPE.headDim;
      expect(await bank.stats()).toEqual({ logs: 2, rows: 8, sliceBytes: perRow * (5 * 4 + 3 * 2) });
      await bank.deleteAll();
      expect(await bank.stats()).toEqual({ logs: 0, rows: 0, sliceBytes: 0 });
      expect(await bank.list()).toEqual([]);
      expect(await bank.slice("a", "kv")).toBeUndefined();
      expect(await bank.search("father", { k: 3 })).toEqual([]);
    });

    it("tells subscribers of every change that happened, and of none that did not, until they leave", async () => {
      const heard: BankChange[] = [];
      const leave = bank.subscribe((change) => heard.push(change));
      await bank.add(anEntry("a"));
      await bank.add(anEntry("a")).catch(() => {});
      await bank.replace(anEntry("a"));
      await bank.delete("a");
      await bank.deleteAll();
      leave();
      await bank.add(anEntry("b"));
      expect(heard).toEqual([
        { type: "add", id: "a", remote: false },
        { type: "replace", id: "a", remote: false },
        { type: "delete", id: "a", remote: false },
        { type: "delete-all", remote: false },
      ]);
    });
  });
}
