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
import { type HubServer, startHub } from "../support/hub-server.ts";
import { ask, PATIENCE, waitUntilReady } from "../support/page-driver.ts";

const MODEL = join(ROOT, "public/models/embedded");
const WEIGHTS = "onnx/model.onnx";
const ID = "someone/embedded-copy";
const MB = 1_000_000;

let hub: HubServer;
let served: Served;
let built: BuiltPage | undefined;
let profile: string;
/** Hosts that anything of the page asked, workers too. */
const hosts = new Set<string>();

beforeAll(async () => {
  ensureBuilt();
  const paths = readdirSync(MODEL, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = paths.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(MODEL.length + 1), readFileSync(path)] as const;
  });
  hub = await startHub({ id: ID, files: Object.fromEntries(files) });
  served = await serveDist();
  profile = mkdtempSync(join(tmpdir(), "web-lag-models-"));
});
afterEach(() => built?.close());
afterAll(async () => {
  await hub.close();
  await served.close();
  rmSync(profile, { recursive: true, force: true });
});

/** Starts a browser, as after a restart of the machine. */
async function openBrowser(query: Record<string, string>): Promise<Page> {
  built = await openBuiltPage({ port: served.port, backend: "wasm", profile, query, offline: true });
  built.context.on("request", (request) => hosts.add(new URL(request.url()).origin));
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

describe("a model of a hub", () => {
  it("is fetched after consent, survives a cut, a stop and the end of the browser, and works offline until deleted", async () => {
    const size = readFileSync(join(MODEL, WEIGHTS)).length;
    hub.fail(WEIGHTS, { cutAfter: 3 * MB }, { stallAfter: MB }, { stallAfter: MB });

    // The page's own model is of no interest here, and takes its time.
    let page = await openBrowser({ model: "models/none/" });
    await page.locator("[name=tested] option").nth(1).waitFor({ state: "attached" });
    await page.fill("[name=id]", ID);
    await page.click(".models-find details summary");
    await page.fill("[name=base]", hub.url);
    await page.click(".models-find [type=submit]");
    await page.waitForSelector(".model-plan h3:text-is('someone/embedded-copy')");
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
    await page.waitForSelector(".plan-too-large", { state: "hidden" });
    expect(await page.isChecked("[name=anyway]")).toBe(false);

    await page.click(".plan-download");
    await untilLoaded(page, 4 * MB);
    await page.click(".download-stop");
    await page.click(".kept-go-on");
    await untilLoaded(page, 5 * MB);
    await built!.close();

    page = await openBrowser({ model: "models/none/" });
    await page.waitForSelector(".kept-figures:text-matches('\\\\d MB of 1\\\\d\\\\.\\\\d MB')");
    await page.click(".kept-go-on");
    await page.waitForSelector(".kept-use:visible", { timeout: PATIENCE });
    const requests = hub.requests.filter(({ file }) => file === WEIGHTS);
    expect(requests.at(-1)!.headers.range).toMatch(/^bytes=[5-9]\d{6}-$/);
    expect(requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(1.3 * size);
    expect(requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);

    await page.click(".kept-use");
    await page.waitForURL(/stored=/);
    expect(await waitUntilReady(page)).toMatch(/^embedded-copy, 10\.\d MB, on wasm/);
    expect([...hosts].sort()).toEqual([hub.url, ORIGIN].sort());

    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    await hub.close();
    await served.close(); // nothing answers any more
    await page.reload();
    expect(await waitUntilReady(page)).toMatch(/^embedded-copy/);
    // By its name too, without a word to the hub.
    const named = { id: ID, base: hub.url };
    const loaded = await page.evaluate((model) => window.webLag.load({ model }), named);
    expect(loaded.model.name).toBe("embedded-copy");
    const turn = await ask(page, "Where was the father of Bastian Rohmquist buried?");
    expect(await turn.locator(".turn-summary").count()).toBe(1);

    await page.click(".models-choose > summary");
    await page.click(".kept-delete:visible");
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
