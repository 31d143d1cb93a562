/** Windows of retrieval: what a query brings, and what it does not bring again. */
import { describe, expect, it } from "vitest";
import type { Notice } from "../../src/runtime/events.ts";
import { createGather, type GatherOptions, type Window } from "../../src/runtime/gather.ts";
import { AbortError } from "../../src/terms/errors.ts";

/** Ten results for every query that is known, best first: a0, a1, … */
const windowOf = (all: readonly string[], { k, skip }: Window) =>
  all.slice(skip, skip + k).map((id, place) => ({ id, similarity: 1 - (skip + place) / 10 }));

const ten = (letter: string) => Array.from({ length: 10 }, (_, index) => `${letter}${index}`);

function setUp(answers: Record<string, readonly string[]>, over: Partial<GatherOptions> = {}) {
  const notices: Notice[] = [];
  const search = async (query: string, window: Window) => windowOf(answers[query] ?? [], window);
  const gather = createGather({
    searchLogs: search,
    searchDocuments: async (query, window) =>
      (await search(query, window)).map((found) => ({ ...found, document: { title: found.id, text: "" } })),
    logsPerStep: 3,
    documentsPerStep: 2,
    onNotice: (notice) => notices.push(notice),
    ...over,
  });
  const ids = async (query: string) => {
    const { logs, documents } = await gather(query);
    return { logs: logs.map(({ id }) => id), documents: documents.map(({ id }) => id) };
  };
  return { ids, notices };
}

describe("gather", () => {
  it("a query brings its top 3 logs and top 2 documents, a new query those of its own", async () => {
    const { ids } = setUp({ a: ten("a"), b: ten("b") });
    expect(await ids("a")).toEqual({ logs: ["a0", "a1", "a2"], documents: ["a0", "a1"] });
    expect(await ids("b")).toEqual({ logs: ["b0", "b1", "b2"], documents: ["b0", "b1"] });
  });

  it("the same query again moves its window on by 3 logs and 2 documents, also after another query", async () => {
    const { ids } = setUp({ a: ten("a"), b: ten("b") });
    await ids("a");
    await ids("b");
    expect(await ids("a")).toEqual({ logs: ["a3", "a4", "a5"], documents: ["a2", "a3"] });
    expect(await ids("a")).toEqual({ logs: ["a6", "a7", "a8"], documents: ["a4", "a5"] });
  });

  it("what is there already is dropped, so that a step may add fewer or nothing", async () => {
    const { ids } = setUp({ a: ["x", "y", "z"], b: ["y", "new", "x"], c: ["x", "y", "z"] });
    await ids("a");
    expect(await ids("b")).toEqual({ logs: ["new"], documents: ["new"] });
    expect(await ids("c")).toEqual({ logs: [], documents: [] });
  });

  it("logs and documents have windows and ids of their own", async () => {
    const { ids } = setUp({ a: ten("a") }, { logsPerStep: 0 });
    expect(await ids("a")).toEqual({ logs: [], documents: ["a0", "a1"] });
  });

  it("without a bank or a corpus nothing is searched", async () => {
    const { ids, notices } = setUp({ a: ten("a") }, { searchLogs: null, searchDocuments: null });
    expect(await ids("a")).toEqual({ logs: [], documents: [] });
    expect(notices).toEqual([]);
  });

  it("a search that fails brings nothing and a notice; its window is looked into when the query comes again", async () => {
    let broken = true;
    const { ids, notices } = setUp(
      { a: ten("a") },
      {
        searchLogs: async (_query, window) => {
          if (broken) throw new Error("bank is shut");
          return windowOf(ten("a"), window);
        },
      },
    );
    expect(await ids("a")).toEqual({ logs: [], documents: ["a0", "a1"] });
    expect(notices.map(({ code }) => code)).toEqual(["retrieval-failed"]);
    expect(notices[0]!.text).toContain("bank is shut");
    broken = false;
    expect((await ids("a")).logs).toEqual(["a0", "a1", "a2"]);
  });

  it("a search that was stopped is no failure of retrieval: it ends the task", async () => {
    for (const what of ["searchLogs", "searchDocuments"]) {
      const { ids, notices } = setUp({}, { [what]: () => Promise.reject(new AbortError("stopped")) });
      await expect(ids("a")).rejects.toMatchObject({ name: "AbortError" });
      expect(notices).toEqual([]);
    }
  });

  it("documents that cannot be searched leave the logs alone", async () => {
    const { ids, notices } = setUp(
      { a: ten("a") },
      { searchDocuments: () => Promise.reject(new Error("no index")) },
    );
    expect(await ids("a")).toEqual({ logs: ["a0", "a1", "a2"], documents: [] });
    expect(notices.map(({ code }) => code)).toEqual(["documents-failed"]);
  });
});
