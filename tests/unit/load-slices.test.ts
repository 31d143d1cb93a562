/** Retrieved logs as they are used: as stored, or encoded anew. */
import { describe, expect, it, vi } from "vitest";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import { PROMPT_PLACEMENTS } from "../../src/compose/placements/prompt-placements.ts";
import { ROWS_RECORDINGS } from "../../src/record/recordings/rows-recordings.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { Notice } from "../../src/runtime/events.ts";
import { type LoadOptions, loadLogs } from "../../src/runtime/load-slices.ts";
import type { Mode, NewLog } from "../../src/terms/log.ts";
import { BEGIN, charsOf, scriptedEngine, sliceFor, textOf } from "../../src/testing/scripted-engine.ts";
import { logOf, scriptedBank } from "../support/scripted-bank.ts";

const FOREIGN: NewLog = {
  ...logOf("f", ["One.", "Two."], { model: "model-b", responseIds: [[9], [8, 7]] }),
  slices: {
    kv: {
      shape: { layers: 9, kvHeads: 9, headDim: 9 },
      dtype: "float16",
      tokens: 2,
      keys: new Uint16Array(),
      values: new Uint16Array(),
    },
  },
};

function setUp(entries: readonly NewLog[], mode: Mode = "kv") {
  const bank = scriptedBank(entries);
  const engine = scriptedEngine([]);
  const notices: Notice[] = [];
  const options: LoadOptions = {
    mode: PROMPT_MODES[mode],
    placement: PROMPT_PLACEMENTS.front,
    recording: ROWS_RECORDINGS["re-encode"],
    engine,
    bank,
    record: true,
    onNotice: (notice) => notices.push(notice),
    signal: undefined,
  };
  const found = entries.map(({ log }) => ({ id: log.id, similarity: 0.5 }));
  return {
    bank,
    engine,
    notices,
    options,
    load: () => loadLogs(found, options),
    codes: () => notices.map(({ code }) => code),
  };
}

describe("load-slices", () => {
  it("a log of this model is used as it is stored, in the order of retrieval", async () => {
    const { load, engine, bank, notices } = setUp([logOf("a", ["One.", "Two."]), logOf("b", ["Three."])]);
    const logs = await load();
    expect(logs.map(({ id, similarity, tokens }) => [id, similarity, tokens])).toEqual([
      ["a", 0.5, 6],
      ["b", 0.5, 8],
    ]);
    expect(logs.map(({ slice }) => slice)).toEqual([bank.slices.get("a"), bank.slices.get("b")]);
    expect([engine.encoded, notices, bank.calls]).toEqual([[], [], []]);
  });

  it("what another model wrote is encoded anew from its text, ids too, and replaced, before it is used", async () => {
    const { load, engine, bank, notices, codes } = setUp([FOREIGN]);
    const [log] = await load();
    expect(engine.encoded.map(({ ids }) => textOf(ids))).toEqual(["\n\nOne.\n\nTwo.\n\n"]);
    expect(textOf(log!.slice!.keys)).toBe("Two.\n\n");
    expect(log!.trace.responseIds).toEqual([charsOf("One.\n\n"), charsOf("Two.\n\n")]);
    expect(codes()).toEqual(["re-encoded"]);
    expect(notices[0]!.text).toContain("another model");
    expect(bank.calls).toEqual(["replace f"]);
    expect(bank.logs.get("f")).toEqual({
      ...FOREIGN.log,
      model: "model-a",
      responseIds: [charsOf("One.\n\n"), charsOf("Two.\n\n")],
      slices: { kv: expect.objectContaining({ tokens: 6 }) },
    });
    expect(bank.slices.get("f")).toBe(log!.slice);
  });

  it("a task that does not record uses what it encoded anew, and leaves the bank as it is", async () => {
    const { options, bank, codes } = setUp([FOREIGN]);
    const [log] = await loadLogs([{ id: "f", similarity: 1 }], { ...options, record: false });
    expect(textOf(log!.slice!.keys)).toBe("Two.\n\n");
    expect(codes()).toEqual(["re-encoded"]);
    expect(bank.calls).toEqual([]);
    expect(bank.logs.get("f")).toBe(FOREIGN.log);
  });

  it("ids of another tokenizer are not used as text either", async () => {
    const { load, codes } = setUp([FOREIGN], "text-last");
    const [log] = await load();
    expect(log).toMatchObject({
      trace: { responseIds: [charsOf("One.\n\n"), charsOf("Two.\n\n")] },
      tokens: 6,
    });
    expect(codes()).toEqual(["re-encoded"]);
  });

  it("text needs no rows: a log that lost them is used as it is", async () => {
    const { load, bank, codes } = setUp([logOf("a", ["One."])], "text-last");
    bank.slices.clear();
    const [log] = await load();
    expect(log).toMatchObject({ trace: { responseIds: [charsOf("One.\n\n")] } });
    expect(log).not.toHaveProperty("slice");
    expect(codes()).toEqual([]);
  });

  it.each(["missing", "of another shape", "cut short", "unreadable"])(
    "rows that are %s are made again",
    async (how) => {
      const { load, bank, engine, codes, notices } = setUp([logOf("a", ["One."])]);
      const slice = bank.slices.get("a")!;
      if (how === "missing") bank.slices.clear();
      if (how === "of another shape")
        bank.slices.set("a", { ...slice, shape: { ...slice.shape, layers: 2 } });
      if (how === "cut short") bank.slices.set("a", { ...slice, values: slice.values.subarray(1) });
      if (how === "unreadable") {
        bank.slice = () => Promise.reject(Object.assign(new Error("damaged"), { name: "KvShapeError" }));
      }
      const [log] = await load();
      expect(textOf(log!.slice!.keys)).toBe("One.\n\n");
      expect(engine.encoded).toHaveLength(1);
      expect(codes()).toEqual(["re-encoded"]);
      expect(notices[0]!.text).toContain("missing or damaged");
      expect(bank.calls).toEqual(["put slices a kv"]);
    },
  );

  it.each(["kv-all", "kv-isolated"] as const)(
    "a log that has no slice for mode %s gets it from its stored ids, and keeps those that it has",
    async (mode) => {
      // Ids that its text would not give: so the test sees which of the two was encoded.
      const ids = [charsOf("Eins.\n\n"), charsOf("Zwei.\n\n")];
      const { load, bank, engine, codes, notices } = setUp(
        [logOf("a", ["One.", "Two."], { responseIds: ids })],
        mode,
      );
      const kv = bank.slices.get("a");
      const kept = mode === "kv-all" ? "\n\nEins.\n\nZwei.\n\n" : "Zwei.\n\n";
      const [log] = await load();
      expect(textOf(log!.slice!.keys)).toBe(kept);
      expect(log!.tokens).toBe(kept.length);
      expect(codes()).toEqual(["re-encoded"]);
      expect(notices[0]!.text).toContain(`no rows for mode ${mode}`);
      expect(bank.calls).toEqual([`put slices a ${mode}`]);
      expect(bank.slices.get("a")).toBe(kv);
      expect(Object.keys(bank.logs.get("a")!.slices)).toEqual(["kv", mode]);

      expect((await load())[0]!.slice).toBe(bank.slices.get(`a ${mode}`));
      expect(engine.encoded).toHaveLength(1);
    },
  );

  it("behind a sink a log has rows of its own, encoded behind the same; those in front stay", async () => {
    const { load, options, bank, engine, notices } = setUp([logOf("a", ["One.", "Two."])]);
    const behind = { ...options, placement: PROMPT_PLACEMENTS["sink-first"] };
    const found = [{ id: "a", similarity: 1 }];
    const [log] = await loadLogs(found, behind);
    expect(engine.encoded).toEqual([
      { ids: charsOf("\n\nOne.\n\nTwo.\n\n"), from: 8, to: 14, sink: [BEGIN] },
    ]);
    expect(log!.slice).toEqual(bank.slices.get("a kv/sink-first"));
    expect(log!.slice!.sink).toMatch(/^[0-9a-f]{64}$/);
    expect(bank.logs.get("a")!.slices["kv/sink-first"]).toMatchObject({ tokens: 6, sink: log!.slice!.sink });
    expect(notices[0]!.text).toContain("no rows for mode kv/sink-first");

    expect((await loadLogs(found, behind))[0]!.slice).toBe(log!.slice);
    expect((await load())[0]!.slice).toBe(bank.slices.get("a"));
    expect(engine.encoded).toHaveLength(1);
  });

  it.each(["another sink", "no sink"])(
    "rows that were encoded behind %s are never put behind this one: they are made again",
    async (what) => {
      const { options, bank, engine, notices } = setUp([logOf("a", ["One."])]);
      const slice = bank.slices.get("a")!;
      bank.slices.set("a kv/sink-first", { ...slice, ...(what === "another sink" && { sink: "abc" }) });
      const behind = { ...options, placement: PROMPT_PLACEMENTS["sink-first"] };
      const [log] = await loadLogs([{ id: "a", similarity: 1 }], behind);
      expect(engine.encoded.map(({ sink }) => sink)).toEqual([[BEGIN]]);
      expect(log!.slice!.sink).toMatch(/^[0-9a-f]{64}$/);
      expect(notices.map(({ text }) => text).join()).toContain("behind another beginning of prompts");
      expect(bank.slices.get("a kv/sink-first")).toBe(log!.slice);
      expect(bank.slices.get("a")).toBe(slice);
    },
  );

  it("a task that reads live rows reads no others, and cannot make them: such a log is left out", async () => {
    const alive = sliceFor(charsOf("Two.\n\n"));
    const { options, bank, engine, notices } = setUp([
      logOf("a", ["One."]),
      logOf("b", ["Two."]),
      { ...FOREIGN, log: { ...FOREIGN.log, slices: { "kv/live": FOREIGN.log.slices.kv! } } },
    ]);
    bank.slices.set("b kv/live", alive);
    const reading = { ...options, recording: ROWS_RECORDINGS.live };
    const found = ["a", "b", "f"].map((id) => ({ id, similarity: 1 }));
    const logs = await loadLogs(found, reading);
    expect(logs.map(({ id, slice }) => [id, slice])).toEqual([["b", alive]]);
    expect(notices.map(({ code, text }) => [code, text.match(/"(.*)"/)![1]])).toEqual([
      ["rows-missing", "Question of a?"],
      ["rows-missing", "Question of f?"],
    ]);
    expect([engine.encoded, bank.calls]).toEqual([[], []]);
    expect(await loadLogs(found, { ...reading, mode: PROMPT_MODES["text-last"] })).toHaveLength(3);
  });

  it("a log with live rows alone is encoded for a task that reads encoded ones, and keeps both", async () => {
    const entry = logOf("a", ["One."]);
    const { load, bank, engine } = setUp([
      {
        log: { ...entry.log, slices: { "kv/live": entry.log.slices.kv! } },
        slices: { "kv/live": entry.slices.kv! },
      },
    ]);
    expect(textOf((await load())[0]!.slice!.keys)).toBe("One.\n\n");
    expect(engine.encoded).toHaveLength(1);
    expect(Object.keys(bank.logs.get("a")!.slices)).toEqual(["kv/live", "kv"]);
  });

  it("another model's log gets the slice of the mode and that of the default mode", async () => {
    const { load, bank } = setUp([FOREIGN], "kv-all");
    expect(textOf((await load())[0]!.slice!.keys)).toBe("\n\nOne.\n\nTwo.\n\n");
    expect(bank.calls).toEqual(["replace f"]);
    expect(Object.keys(bank.logs.get("f")!.slices)).toEqual(["kv", "kv-all"]);
  });

  it("a task that does not record makes the slice that it lacks and leaves the log without it", async () => {
    const { options, bank } = setUp([logOf("a", ["One."])], "kv-all");
    const [log] = await loadLogs([{ id: "a", similarity: 1 }], { ...options, record: false });
    expect(textOf(log!.slice!.keys)).toBe("\n\nOne.\n\n");
    expect(bank.calls).toEqual([]);
  });

  it("rows that cannot be stored again still serve this task", async () => {
    const { load, bank, codes } = setUp([FOREIGN]);
    bank.replace = () => Promise.reject(new Error("full"));
    expect(await load()).toHaveLength(1);
    expect(codes()).toEqual(["re-encoded", "replace-failed"]);
  });

  it("a log that cannot be read or encoded is left away with a notice, the others stay", async () => {
    const { load, bank, engine, codes, notices } = setUp([
      logOf("a", ["One."]),
      FOREIGN,
      logOf("b", ["Two."]),
    ]);
    const { get } = bank;
    bank.get = (id) => (id === "a" ? Promise.reject(new Error("shut")) : get(id));
    engine.encode = () => Promise.reject(new Error("no memory"));
    expect((await load()).map(({ id }) => id)).toEqual(["b"]);
    expect(codes()).toEqual(["log-failed", "log-failed"]);
    expect(notices.map(({ text }) => text).join()).toMatch(/shut.*no memory/);
  });

  it("a log that was deleted since it was found is not there", async () => {
    const { load, bank, codes } = setUp([logOf("a", ["One."])]);
    bank.logs.clear();
    expect(await load()).toEqual([]);
    expect(codes()).toEqual([]);
  });

  it("rows that another tab's model put there while the log was read are never used", async () => {
    const { load, bank, engine, codes } = setUp([logOf("a", ["One."])]);
    const { slice } = bank;
    bank.slice = (id, encoding) => {
      // The other tab's replacement: its own ids and rows, of the same shape, in one transaction.
      const theirs = logOf("a", ["One."], { model: "model-b" });
      theirs.slices.kv!.keys.fill(7);
      bank.logs.set("a", theirs.log);
      bank.slices.set("a", theirs.slices.kv!);
      return slice(id, encoding);
    };
    const [log] = await load();
    expect(textOf(log!.slice!.keys)).toBe("One.\n\n");
    expect(engine.encoded).toHaveLength(1);
    expect(codes()).toEqual(["re-encoded"]);
  });

  it("nor are they when this model's log is back before it is looked at again", async () => {
    const bank = new MemoryBank(new LexicalIndex());
    await bank.add(logOf("a", ["One."]));
    const slice = bank.slice.bind(bank);
    vi.spyOn(bank, "slice").mockImplementationOnce(async (...asked) => {
      const theirs = logOf("a", ["One."], { model: "model-b" });
      theirs.slices.kv!.keys.fill(7);
      await bank.replace(theirs);
      try {
        return await slice(...asked);
      } finally {
        await bank.replace(logOf("a", ["One."]));
      }
    });
    const { options, codes } = setUp([]);
    const [log] = await loadLogs([{ id: "a", similarity: 1 }], { ...options, bank });
    expect(textOf(log!.slice!.keys)).toBe("One.\n\n");
    expect(codes()).toEqual(["re-encoded"]);
  });

  it("a log that is deleted while it is read is not there, and is not made again", async () => {
    const { load, bank, engine, codes } = setUp([logOf("a", ["One."])]);
    bank.slice = async () => {
      bank.logs.clear();
      return undefined;
    };
    expect(await load()).toEqual([]);
    expect([engine.encoded, codes(), bank.calls]).toEqual([[], [], []]);
  });

  it("a stop ends it at once", async () => {
    const { options } = setUp([FOREIGN]);
    const stopped = loadLogs([{ id: "f", similarity: 1 }], { ...options, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });
});
