/** A model of a hub in the built page: looked up, agreed to, fetched through every interruption, used offline, deleted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  ORIGIN,
  openBuiltPage,
  ROOT,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import { violations } from "../support/axe.ts";
import { type HubServer, startHub } from "../support/hub-server.ts";
import { ask, PATIENCE, untilKeptOffline, waitUntilReady } from "../support/page-driver.ts";

const MODEL = join(ROOT, "public/models/embedded");
const EMBEDDER = join(ROOT, "public/models/embedded-retriever");
const WEIGHTS = "onnx/model.onnx";
const ID = "someone/embedded-copy";
const EMBEDDER_ID = "someone/retriever-copy";
const TOKEN = "a-secret";
const MB = 1_000_000;

let hub: HubServer;
let embedderHub: HubServer;
let served: Served;
let built: BuiltPage | undefined;
let profile: string;
/** Hosts that anything of the page asked, workers too. */
const hosts = new Set<string>();
/** Whether WebLLM's library was fetched. */
let libraryFetched = false;

beforeAll(async () => {
  ensureBuilt();
  // As the real one: weights come from a store of another origin, which a token must not reach.
  hub = await startHub({ id: ID, files: filesOf(MODEL), forwards: true, token: TOKEN });
  embedderHub = await startHub({ id: EMBEDDER_ID, files: filesOf(EMBEDDER) });
  served = await serveDist();
  profile = mkdtempSync(join(tmpdir(), "web-lag-models-"));
});
afterEach(() => built?.close());
afterAll(async () => {
  await hub.close();
  await embedderHub.close();
  await served.close();
  rmSync(profile, { recursive: true, force: true });
});

function filesOf(folder: string): Record<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

/** Starts a browser, as after a restart of the machine. */
async function openBrowser(query: Record<string, string>): Promise<Page> {
  built = await openBuiltPage({ port: served.port, backend: "wasm", profile, query, offline: true });
  built.context.on("request", (request) => {
    hosts.add(new URL(request.url()).origin);
    libraryFetched ||= request.url().includes("/assets/web-llm-");
  });
  await built.page.click(".models-choose > summary");
  return built.page;
}

async function untilLoaded(page: Page, bytes: number): Promise<void> {
  await page.waitForFunction(
    (least) => parseFloat(document.querySelector(".download-text")?.textContent ?? "0") * 1e6 >= least,
    bytes,
    { timeout: PATIENCE },
  );
}

/** What the browser says of memory from now on, in GiB. */
async function deviceWith(page: Page, deviceMemory: number): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(navigator, "deviceMemory", { value, configurable: true });
  }, deviceMemory);
}

/** Says which model of which hub, by the keyboard alone, and waits until the plan has the focus. */
async function lookUp(page: Page, id: string, base: string, token: string): Promise<void> {
  const details = page.locator(".models-find details");
  if (!(await details.evaluate((element: HTMLDetailsElement) => element.open))) {
    await details.locator("summary").focus();
    await page.keyboard.press("Enter");
  }
  await page.focus("[name=base]");
  for (const [name, text] of [
    ["base", base],
    ["token", token],
    ["id", id],
  ] as const) {
    await page.focus(`[name=${name}]`);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("Delete");
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Enter");
  await page.waitForSelector(`.model-plan h3:focus:text-is('${id}')`);
}

/** From the plan's heading to its button, as Tab leads, and presses it. */
async function agree(page: Page): Promise<void> {
  for (let tabs = 0; tabs < 6; tabs++) {
    await page.keyboard.press("Tab");
    if (await page.locator(".plan-download:focus").count()) return page.keyboard.press("Enter");
  }
  throw new Error("Tab does not lead to the button that downloads.");
}

describe("a model of a hub", () => {
  it("is fetched after consent, survives a cut, a stop and the end of the browser, and works offline until deleted", async () => {
    const size = readFileSync(join(MODEL, WEIGHTS)).length;
    // A page loses what it had not read when a connection is cut: how much, nobody can say.
    hub.fail(WEIGHTS, { cutAfter: 3 * MB }, { stallAt: 4 * MB }, { stallAt: 5 * MB });

    // The page's own model is of no interest here, and takes its time.
    let page = await openBrowser({ model: "models/none/" });
    await page.locator("[name=tested] option").nth(1).waitFor({ state: "attached" });
    await lookUp(page, ID, hub.url, TOKEN);
    expect(await page.textContent(".plan-consent")).toContain(
      `Nothing of it has been fetched yet. The files come from ${hub.url}`,
    );
    expect(await page.isDisabled("[name=variant][value=fp16]")).toBe(true);
    expect(await page.textContent(".plan-variant:has([value=fp16])")).toMatch(/needs a GPU with shader-f16/);
    expect(await page.textContent(".plan-variant:has([value=fp32])")).toMatch(
      /1\d\.\d MB to download, about \d+\.\d MB of memory/,
    );
    expect(new Set(hub.requests.map(({ file }) => file))).toEqual(new Set(["config.json", "tree"]));

    // On a device with little memory it is refused, unless a person insists.
    await deviceWith(page, 1 / 64);
    await page.click(".models-find [type=submit]");
    await page.waitForSelector(".plan-too-large:visible");
    expect(await page.textContent(".plan-too-large p")).toMatch(
      /^fp32 needs about \d+\.\d MB of memory, and a page may take about 8\.4 MB .* own model fits\.$/,
    );
    expect(await page.isDisabled(".plan-download")).toBe(true);
    await page.check("[name=anyway]");
    expect(await page.isDisabled(".plan-download")).toBe(false);
    await deviceWith(page, 8);
    await page.click(".models-find [type=submit]");
    await page.waitForSelector(".model-plan h3:focus");
    expect(await page.isVisible(".plan-too-large")).toBe(false);
    expect(await page.isChecked("[name=anyway]")).toBe(false);

    await agree(page);
    await untilLoaded(page, 4 * MB);
    await page.waitForSelector(".download-stop:focus");
    await page.keyboard.press("Enter");
    await page.click(".kept-go-on");
    await untilLoaded(page, 5 * MB);
    await built!.close();

    page = await openBrowser({ model: "models/none/" });
    await page.waitForSelector(".kept-figures:text-matches('\\\\d MB of 1\\\\d\\\\.\\\\d MB')");
    // The token was not kept: it is given again, here in vain first.
    await page.click(".kept-go-on");
    await page.waitForSelector(".models-message:text-matches('status 401')");
    await page.click(".models-find details summary");
    await page.fill("[name=base]", hub.url);
    await page.fill("[name=token]", TOKEN);
    await page.click(".kept-go-on");
    await page.waitForSelector(".kept-use:visible", { timeout: PATIENCE });
    const requests = hub.requests.filter(({ file }) => file === WEIGHTS);
    expect(requests.at(-1)!.headers.range).toMatch(/^bytes=[2-9]\d{6}-$/);
    expect(requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(1.5 * size);
    expect(requests.filter(({ atStore }) => atStore).length).toBeGreaterThan(2);
    for (const { atStore, headers } of requests) {
      expect(headers.authorization).toBe(atStore ? undefined : `Bearer ${TOKEN}`);
    }

    await lookUp(page, EMBEDDER_ID, embedderHub.url, "");
    expect(await page.textContent(".plan-about")).toMatch(/finds logs and documents by meaning/);
    await agree(page);
    await page.waitForSelector(`.kept-use[aria-label*="${EMBEDDER_ID}"]:visible`, { timeout: PATIENCE });

    // WebLLM's list comes with its library, which nothing has fetched so far.
    expect(libraryFetched).toBe(false);
    await page.click(".web-llm > summary");
    await page.waitForSelector(".web-llm-models .kept-name", { timeout: PATIENCE });
    expect(libraryFetched).toBe(true);
    await page.fill(".web-llm-search", "llama-3.2-1b q4f32");
    expect(await page.locator(".web-llm-models .kept-name").allTextContents()).toEqual([
      "Llama-3.2-1B-Instruct-q4f32_1-MLC",
    ]);
    await page.click(".web-llm-models .kept-use");
    expect(await page.textContent(".web-llm-plan")).toMatch(
      /Nothing of it .* 1128\.8 MB of GPU memory .* from https:\/\/huggingface\.co, https:\/\/raw\.githubusercontent/,
    );
    await page.fill(".web-llm-search", "llama-3.2-1b q4f16");
    expect(await page.locator(".web-llm-models .kept-name").count()).toBe(0);
    await page.uncheck(".web-llm-able");
    expect(await page.textContent(".web-llm-models .kept-figures")).toMatch(
      /It needs shader-f16, which the GPU/,
    );
    expect(await violations(page, "#models")).toEqual([]);

    await page.click(`.kept-use[aria-label*="${ID}"]`);
    await page.waitForURL(/stored=/);
    expect(await waitUntilReady(page)).toMatch(/^embedded-copy, 10\.\d MB, on wasm/);
    await page.click(".models-choose > summary");
    await page.click(`.kept-use[aria-label*="${EMBEDDER_ID}"]`);
    await page.waitForURL(/embedder=stored/);
    expect(await waitUntilReady(page)).toMatch(/^embedded-copy, 10\.\d MB, on wasm.*words and meaning/);
    expect([...hosts].sort()).toEqual([hub.url, hub.storeUrl, embedderHub.url, ORIGIN].sort());

    await untilKeptOffline(page);
    await hub.close();
    await embedderHub.close();
    await served.close(); // nothing answers any more
    await page.reload();
    expect(await waitUntilReady(page)).toMatch(/^embedded-copy.*words and meaning/);
    // By its name too, without a word to the hub.
    const named = { id: ID, base: hub.url };
    const loaded = await page.evaluate((model) => window.webLag.load({ model }), named);
    expect(loaded.model.name).toBe("embedded-copy");
    const turn = await ask(page, "Where was the father of Bastian Rohmquist buried?");
    expect(await turn.locator(".turn-summary").count()).toBe(1);

    await page.click(".models-choose > summary");
    for (const left of [1, 0]) {
      await page.click(".kept-models .kept-delete:visible");
      await page.waitForFunction(
        (entries) =>
          document.querySelectorAll(".kept-models .kept-use[aria-label*=someone]").length === entries,
        left,
      );
    }
    await page.waitForFunction(() => document.querySelector(".models-figures")?.textContent === "");
    const left = await page.evaluate(async () => {
      const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("web-lag-models");
      let count = 0;
      for await (const _ of root.keys()) count++;
      return count;
    });
    expect(left).toBe(0);
    await page.reload();
    await page.waitForSelector("#model[data-state=failed]", { timeout: PATIENCE });
    expect(await page.textContent(".model-line")).toMatch(/is not in this browser any more/);
  });
});
