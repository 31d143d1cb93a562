/** What the built page does when something breaks: the worker, the model's files, the network. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  DIST,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import {
  answeredTrace,
  ask,
  begin,
  PATIENCE,
  questionsOfLogs,
  rememberAnswered,
  untilKeptOffline,
  untilQuiet,
  waitUntilReady,
} from "../support/page-driver.ts";

const QUESTION = "Where was the father of Bastian Rohmquist buried?";

/**
 * Goes before the worker's script: writes fail as in a full browser while the channel says so. Chromium's own
 * override of the quota has no effect on IndexedDB.
 */
const STORAGE_THAT_FILLS = `{
  let full = false;
  const channel = new BroadcastChannel("storage-full");
  channel.onmessage = (event) => { full = event.data; channel.postMessage("heard"); };
  for (const method of ["put", "add"]) {
    const write = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (...args) {
      if (full) throw new DOMException("No room.", "QuotaExceededError");
      return write.apply(this, args);
    };
  }
}
`;

/** Goes before a script: what a browser does where site data is blocked. */
const STORAGE_THAT_IS_REFUSED = `{
  for (const name of ["indexedDB", "localStorage"])
    Object.defineProperty(self, name, {
      get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
    });
}
`;

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

describe("the page survives", () => {
  it("the death of its worker while it generates: an error, and the next question works", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    const { page } = built;
    await waitUntilReady(page);
    await rememberAnswered(page, "Where is Zelmark?", "Bulgaria");
    const failed = await begin(page, QUESTION);
    await page.evaluate(() => window.webLag.killWorker());
    await untilQuiet(page);
    expect(await failed.locator(".turn-end").textContent()).toMatch(/^The worker that runs the model ended/);
    expect(await page.textContent(".model-line")).toMatch(/stopped/);

    const next = await ask(page, QUESTION);
    expect(await next.locator(".turn-summary").count()).toBe(1);
    expect(await page.getAttribute("#model", "data-state")).toBe("ready");
    const reads = next.locator(".step-documents summary").first();
    expect(await reads.textContent()).toMatch(/Bastian Rohmquist/); // the corpus is there again
    await page.waitForFunction(() => document.querySelectorAll(".log").length === 2);
    expect(await questionsOfLogs(page)).toEqual([QUESTION, "Where is Zelmark?"]);
  });

  it("a reload with the network off, the log of before still there", async () => {
    const alone = await serveDist();
    built = await openBuiltPage({ port: alone.port, backend: "wasm", offline: true });
    const { page } = built;
    try {
      await waitUntilReady(page);
      await rememberAnswered(page, "Where is Zelmark?", "Bulgaria");
      await untilKeptOffline(page);
    } finally {
      await alone.close(); // nothing answers any more
    }
    await page.reload();
    await waitUntilReady(page);
    expect(await questionsOfLogs(page)).toEqual(["Where is Zelmark?"]);
    const turn = await ask(page, QUESTION);
    expect(await turn.locator(".turn-summary").count()).toBe(1);
  });

  it("a model file that is cut off: names it, keeps the logs within reach, and loads at another try", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    const { page } = built;
    await waitUntilReady(page);
    await rememberAnswered(page, "Where is Zelmark?", "Bulgaria");
    const whole = readFileSync(join(DIST, "models/embedded/onnx/model.onnx"));
    await built.context.route("**/model.onnx", (route) => route.fulfill({ body: whole.subarray(0, 5000) }));
    const unhandled: string[] = [];
    page.on("pageerror", ({ message }) => unhandled.push(message));
    await page.reload();
    await page.waitForSelector("#model[data-state=failed]", { timeout: PATIENCE });
    expect(unhandled).toEqual([]);
    expect(await page.textContent(".model-line")).toMatch(/could not be loaded.*model\.onnx/);
    await page.waitForSelector(".log");
    expect(await questionsOfLogs(page)).toEqual(["Where is Zelmark?"]);
    await built.context.unroute("**/model.onnx");
    await page.click(".model-retry");
    await waitUntilReady(page);
  });

  it("storage that is full: the answer is shown with a notice, and no log is lost", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    const { page, context } = built;
    await context.route("**/runtime.worker-*.js", (route) => {
      const script = readFileSync(join(DIST, new URL(route.request().url()).pathname), "utf8");
      return route.fulfill({ contentType: "text/javascript", body: STORAGE_THAT_FILLS + script });
    });
    await page.reload();
    await waitUntilReady(page);
    const fill = (full: boolean) =>
      page.evaluate((is) => {
        const channel = new BroadcastChannel("storage-full");
        const heard = new Promise((resolve) => channel.addEventListener("message", resolve));
        channel.postMessage(is);
        return heard.then(() => channel.close());
      }, full);
    await rememberAnswered(page, "Where is Zelmark?", "Bulgaria");
    await fill(true);
    const refused = await page.evaluate(
      (trace) => window.webLag.remember(trace).catch((error: Error) => error.name),
      answeredTrace("Where is Askerby?", "Norway"),
    );
    expect(refused).toBe("BankFullError");
    const turn = await ask(page, QUESTION);
    expect(await turn.locator(".turn-summary").textContent()).toMatch(/no log was kept$/);
    expect(await turn.locator(".turn-notice").last().textContent()).toMatch(/refused to store more/);
    expect(await questionsOfLogs(page)).toEqual(["Where is Zelmark?"]);

    await fill(false);
    await rememberAnswered(page, "Where is Askerby?", "Norway");
  });

  it("a browser that gives no storage: says so and what can be done, remembers all the same, and keeps nothing", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    const { page, context } = built;
    await context.addInitScript(STORAGE_THAT_IS_REFUSED);
    await context.route("**/runtime.worker-*.js", (route) => {
      const script = readFileSync(join(DIST, new URL(route.request().url()).pathname), "utf8");
      return route.fulfill({ contentType: "text/javascript", body: STORAGE_THAT_IS_REFUSED + script });
    });
    await page.reload();
    await waitUntilReady(page);
    const notices = await page.locator(".notice-text").allTextContents();
    expect(notices).toContainEqual(expect.stringMatching(/^Logs last only until this page is closed\. /));
    expect(notices).toContainEqual(
      expect.stringMatching(/^Conversations and imported documents last only until this page is closed\. /),
    );
    await page.click(".device summary");
    expect(await page.textContent(".device-notes")).toMatch(/no storage.*Allow site data.*private mode/);
    await rememberAnswered(page, QUESTION, "Hallow Field");
    await page.reload();
    await waitUntilReady(page);
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
  });

  it("an option in its address that means nothing: says which and what would", async () => {
    built = await openBuiltPage({ port: served.port, query: { backend: "cuda" } });
    await built.page.waitForSelector("#model[data-state=failed]");
    expect(await built.page.textContent(".model-line")).toMatch(/backend=cuda .* auto, webgpu, wasm/);
  });

  it("standing in a folder of a site", async () => {
    const folder = await serveDist({ base: "/some/where/" });
    built = await openBuiltPage({ port: folder.port, backend: "wasm", path: "some/where/" });
    try {
      expect(await waitUntilReady(built.page)).toMatch(/on wasm/);
      const turn = await ask(built.page, QUESTION);
      expect(await turn.locator(".turn-summary").count()).toBe(1);
    } finally {
      await folder.close();
    }
  });
});

describe("two tabs", () => {
  it("share their logs without a reload", async () => {
    built = await openBuiltPage({ port: served.port, backend: "wasm" });
    const { page, context, url } = built;
    await waitUntilReady(page);
    const other = await context.newPage();
    await other.goto(url);
    await waitUntilReady(other);
    await rememberAnswered(page, QUESTION, "Hallow Field");
    await other.waitForSelector(".log", { timeout: PATIENCE });
    expect(await questionsOfLogs(other)).toEqual([QUESTION]);
    await ask(other, "At which place was the father of Bastian Rohmquist buried?");
    expect(await other.locator(".used-log-question").first().textContent()).toBe(QUESTION);

    await page.click(".log:last-child .log-delete");
    await other.waitForFunction((gone) => {
      return ![...document.querySelectorAll(".log-question")].some((log) => log.textContent === gone);
    }, QUESTION);
  });
});
