/** The built page where its address asks for retrieval by meaning: with a network, without one, without an embedder. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import { PATIENCE, questionsOfLogs, rememberAnswered, waitUntilReady } from "../support/page-driver.ts";

/** Has no word in common with the log of the question below it, or with what it answers. */
const QUESTION = "In what country does one find Zelmarks?";
const ASKED_BEFORE = "Where is Zelmark?";

let served: Served;
let built: BuiltPage | undefined;

beforeAll(async () => {
  ensureBuilt();
  served = await serveDist();
});
afterAll(() => served.close());
afterEach(async () => {
  await built?.close();
  built = undefined;
});

/** Questions of the logs that stood in front of the first step, also of those that the model's floor would leave out. */
const logsInFront = () =>
  built!.page.evaluate(async (question) => {
    const task = { question, maxSteps: 1, record: false, minSimilarity: 0 };
    return (await window.webLag.ask(task)).logs.map((log) => log.question);
  }, QUESTION);

describe("retrieval=fused in the address", () => {
  it("finds a log that words do not find; with the network off too, once its vector is made", async () => {
    const alone = await serveDist();
    built = await openBuiltPage({
      port: alone.port,
      backend: "wasm",
      offline: true,
      query: { retrieval: "fused,lexical" },
    });
    const { page } = built;
    try {
      expect(await waitUntilReady(page)).toMatch(/on wasm, logs by words and meaning$/);
      await page.waitForFunction(
        async () => {
          const names = await caches.keys();
          const caches_ = await Promise.all(names.map((name) => caches.open(name)));
          const kept = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
          return kept.some(({ url }) => url.includes("embedded-retriever/onnx/model.onnx"));
        },
        undefined,
        { timeout: PATIENCE },
      );
      const lexical = await page.evaluate(() => window.webLag.load({ retrieval: "lexical" }));
      expect(lexical.retrieval).toMatchObject({ logs: "lexical", embedder: null });
      await rememberAnswered(page, ASKED_BEFORE, "Bulgaria");
      expect(await logsInFront()).toEqual([]);
    } finally {
      await alone.close(); // nothing answers any more
    }
    await page.reload();
    await waitUntilReady(page);
    expect(await page.textContent("#notices")).toMatch(/1 log is found by words alone/);
    await expect.poll(logsInFront, { timeout: PATIENCE }).toEqual([ASKED_BEFORE]);
  });

  it("keeps the corpus that was there when a new one is stopped, also for the worker that follows", async () => {
    built = await openBuiltPage({
      port: served.port,
      backend: "wasm",
      query: { retrieval: "lexical,dense" },
    });
    const { page } = built;
    await waitUntilReady(page);
    const heard = await page.evaluate(async () => {
      await window.webLag.setCorpus([{ title: "Zelmark", text: "Zelmark is a town in Bulgaria." }]);
      const many = Array.from({ length: 3000 }, (_, n) => ({ title: `Place ${n}`, text: `Number ${n}.` }));
      const control = new AbortController();
      const progress: number[] = [];
      const onProgress = ({ done, total }: { done: number; total: number }) => {
        progress.push(done, total);
        control.abort();
      };
      const name = await window.webLag
        .setCorpus(many, { onProgress, signal: control.signal })
        .catch((error: Error) => error.name);
      return { name, first: progress.slice(0, 2) };
    });
    expect(heard).toEqual({ name: "AbortError", first: [64, 3000] });
    const read = () =>
      page.evaluate(async (question) => {
        const { steps } = await window.webLag.ask({ question, mode: "none", maxSteps: 1, record: false });
        return steps[0]!.documents;
      }, QUESTION);
    expect(await read()).toEqual(["Zelmark"]);
    await page.evaluate(() => window.webLag.killWorker());
    await page.waitForFunction(() => /stopped/.test(document.querySelector(".model-line")!.textContent!));
    expect(await read()).toEqual(["Zelmark"]);
  });

  it("says which embedder is not there, and keeps the logs within reach", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    await waitUntilReady(built.page);
    await rememberAnswered(built.page, ASKED_BEFORE, "Bulgaria");
    await built.page.goto(`${built.url}&retrieval=fused&embedder=models/absent`);
    await built.page.waitForSelector("#model[data-state=failed]", { timeout: PATIENCE });
    expect(await built.page.textContent(".model-line")).toMatch(/models\/absent\/ cannot be loaded.*lexical/);
    await built.page.waitForSelector(".log");
    expect(await questionsOfLogs(built.page)).toEqual([ASKED_BEFORE]);
  });
});
