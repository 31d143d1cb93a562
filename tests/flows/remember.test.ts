/**
 * The main job on the built page: ask, remember, ask again. The second time the answer comes in one step, and the
 * rows of the first task's log are the cause: without them, or with others in their place, it does not come.
 */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import { parseCorpus } from "../../src/app/documents/corpus-jsonl.ts";
import type { BackendChoice } from "../../src/client/protocol.ts";
import { exactMatch } from "../../src/evaluation/squad.ts";
import type { Task, TaskResult } from "../../src/runtime/events.ts";
import type { Document } from "../../src/terms/document.ts";
import { waitUntilReady } from "../support/page-driver.ts";

/** Two hops: the film's document names the director, the director's document names the town. */
const QUESTION = "Where was the director of film The Salt Orchard born?";
const REWORDED = "What is the place of birth of the person who directed The Salt Orchard?";
const SECOND_HOP = "Ilvana Krest";
const ANSWER = "Torvessa";
/** Another chain, whose log has nothing to say about this one. */
const UNRELATED = "Who is the paternal grandfather of Emeric Halloran?";

let served: Served;
let built: BuiltPage;
let corpus: readonly Document[];

beforeAll(async () => {
  await ensureBuilt();
  served = await serveDist();
  corpus = parseCorpus(readFileSync("public/corpora/sample.jsonl", "utf8")).documents;
  expect(corpus.some(({ title }) => title === SECOND_HOP)).toBe(true);
});
afterAll(() => served?.close());
afterEach(() => built?.close());

async function open(backend: BackendChoice): Promise<void> {
  built = await openBuiltPage({ port: served.port, backend });
  await waitUntilReady(built.page);
  await built.page.evaluate((documents) => window.webLag.setCorpus(documents), corpus);
}

const ask = (task: Task): Promise<TaskResult> =>
  built.page.evaluate((asked) => window.webLag.ask(asked), task);
const withoutSecondHop = () =>
  built.page.evaluate(
    (documents) => window.webLag.setCorpus(documents),
    corpus.filter(({ title }) => title !== SECOND_HOP),
  );
const answered = ({ answer }: TaskResult) => answer !== null && exactMatch(answer, ANSWER);

describe.each(["wasm", "webgpu"] as const)("asked again in other words, on %s", (backend) => {
  it("a two-hop question takes one step instead of two and names the log", async () => {
    await open(backend);
    const first = await ask({ question: QUESTION });
    expect(first.backend).toBe(backend);
    expect(first.steps.length).toBe(2);
    expect(answered(first)).toBe(true);

    const again = await ask({ question: REWORDED, mode: "kv" });
    expect(answered(again)).toBe(true);
    expect(again.steps.length).toBe(1);
    expect(again.logs.map(({ id }) => id)).toContain(first.logId);
    expect(again.steps[0]!.prefixRows).toBeGreaterThan(0);
  });
});

describe("with the second hop's document gone from the corpus", () => {
  let logId: string;
  beforeEach(async () => {
    await open("wasm");
    const first = await ask({ question: QUESTION });
    expect(answered(first)).toBe(true);
    logId = first.logId!;
    await withoutSecondHop();
  });

  it("mode kv answers from the log's rows, mode none does not", async () => {
    expect(answered(await ask({ question: REWORDED, mode: "none", record: false }))).toBe(false);
    const again = await ask({ question: REWORDED, mode: "kv", record: false });
    expect(answered(again)).toBe(true);
    expect(again.logs.map(({ id }) => id)).toEqual([logId]);
  });

  it("nothing answers once the log is deleted", async () => {
    await built.page.evaluate((id) => window.webLag.deleteLog(id), logId);
    const again = await ask({ question: REWORDED, mode: "kv", record: false });
    expect(again.logs).toEqual([]);
    expect(answered(again)).toBe(false);
  });

  it("the rows of an unrelated log in the place of its own do not answer, its text untouched", async () => {
    await built.page.evaluate((documents) => window.webLag.setCorpus(documents), corpus);
    const other = await ask({ question: UNRELATED, mode: "none" });
    await withoutSecondHop();
    await giveRowsOf(other.logId!, logId);
    await built.page.evaluate((id) => window.webLag.deleteLog(id), other.logId!);

    const again = await ask({ question: REWORDED, mode: "kv", record: false });
    expect(again.logs.map(({ id }) => id)).toEqual([logId]);
    expect(again.steps[0]!.prefixRows).toBeGreaterThan(0);
    expect(answered(again)).toBe(false);
  });
});

/** Writes the slice of one log over the slice of another, past the bank, and mends the header to match. */
async function giveRowsOf(from: string, to: string): Promise<void> {
  await built.page.evaluate(
    async ([source, target]) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const db = await done(indexedDB.open("web-lag"));
      const stores = db.transaction(["logs", "slices"], "readwrite");
      const slice = await done(stores.objectStore("slices").get([source!, "kv"]));
      await done(stores.objectStore("slices").put({ ...slice, logId: target }));
      const giver = await done(stores.objectStore("logs").get(source!));
      const taker = await done(stores.objectStore("logs").get(target!));
      await done(stores.objectStore("logs").put({ ...taker, slices: giver.slices }));
      db.close();
    },
    [from, to],
  );
}
