/** The built page where hands are quick: focus while the list changes, keys meant elsewhere, choices one after another. */
import type { Page } from "playwright";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import { PATIENCE, rememberAnswered, untilQuiet, waitUntilReady } from "../support/page-driver.ts";

let served: Served;
let built: BuiltPage;

beforeAll(async () => {
  ensureBuilt();
  served = await serveDist();
});
afterAll(() => served?.close());
afterEach(() => built?.close());

async function open(query: Record<string, string> = {}): Promise<Page> {
  built = await openBuiltPage({ port: served.port, backend: "wasm", query });
  return built.page;
}

const importFile = (page: Page, name: string, lines: readonly string[]) =>
  page.setInputFiles("#import-file", {
    name,
    mimeType: "text/plain",
    buffer: Buffer.from(lines.join("\n")),
  });
const documents = (many: number) =>
  Array.from({ length: many }, (_, n) => JSON.stringify({ title: `Place ${n}`, text: `Number ${n}.` }));
const untilFigures = (page: Page, figures: string) =>
  page.waitForFunction((text) => document.querySelector(".documents-figures")?.textContent === text, figures);

describe("the page", () => {
  it("keeps the focus on its log when another log comes", async () => {
    const page = await open();
    await waitUntilReady(page);
    await rememberAnswered(page, "Where is Torvessa?", "Torvessa");
    const focused = () =>
      page.evaluate(() => {
        const control = document.activeElement!;
        return [control.localName, control.closest(".log")?.querySelector(".log-question")?.textContent];
      });
    for (const [control, name] of [
      ["summary", "summary"],
      [".log-delete", "button"],
    ] as const) {
      await page.locator(".log", { hasText: "Where is Torvessa?" }).locator(control).focus();
      await rememberAnswered(page, `Where is Askerby, asked from the ${name}?`, "Askerby");
      expect(await focused()).toEqual([name, "Where is Torvessa?"]);
    }
  });

  it("stops a question that waits for the model, but not at an Escape meant for a list of choices", async () => {
    const page = await open();
    await waitUntilReady(page);
    await built.context.route("**/model.onnx", () => {}); // never answered
    await page.reload();
    await page.fill("#question", "Where is Torvessa?");
    await page.press("#question", "Enter");
    await page.waitForSelector("#turns[aria-busy=true]");
    await page.press("#corpus", "Escape");
    await page.evaluate(() => window.webLag.listLogs()); // a way to the worker and back
    expect(await page.locator("#turns[aria-busy=true]").count()).toBe(1);
    await page.press("#question", "Escape");
    await untilQuiet(page);
    expect(await page.textContent(".turn-end")).toBe("Stopped. No log was kept.");
    expect(await page.getAttribute("#model", "data-state")).toBe("loading");
  });

  it("does not load a model that the device has no room for, says what runs instead, and loads it if a person insists", async () => {
    const page = await open({ model: "web-llm:Vast-900B-q4f16_1-MLC" });
    expect(await waitUntilReady(page)).toMatch(/^embedded, /);
    const notice = page.locator(".notice").filter({ hasText: "Vast-900B-q4f16_1-MLC needs about" });
    expect(await notice.locator(".notice-text").textContent()).toMatch(
      /needs about 506650\.0 MB of memory, .* may take about \d+\.\d MB .* own model runs instead\./,
    );
    await notice.getByRole("button", { name: "Load it all the same" }).click();
    await page.waitForSelector("#model[data-state=failed]", { timeout: PATIENCE });
    expect(await page.textContent(".model-line")).toContain("WebLLM runs on WebGPU only");
  });

  it("offers no other try for an address that would fail again", async () => {
    const page = await open({ backend: "cuda" });
    await page.waitForSelector("#model[data-state=failed]");
    expect(await page.isVisible(".model-retry")).toBe(false);
  });

  it("says what is missing where it came over plain http", async () => {
    const page = await open();
    await page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
    await page.reload();
    await page.waitForSelector("#model[data-state=failed]");
    expect(await page.textContent(".model-line")).toMatch(/ Serve it over https\.$/);
    expect(await page.isVisible(".model-retry")).toBe(false);
  });

  it("reads the corpus that was chosen last, and lists it only while it is looked at", async () => {
    const page = await open();
    await waitUntilReady(page);
    await importFile(page, "many.jsonl", documents(250));
    await untilFigures(page, "250 documents");
    expect(await page.locator(".browse dt").count()).toBe(0);
    await page.click(".browse summary");
    await page.waitForFunction(() => document.querySelectorAll(".browse dt").length === 200);
    expect(await page.textContent(".browse-more")).toBe("… and 50 more documents.");

    // The sample is slow to come; meanwhile the person goes back.
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await built.context.route("**/sample.jsonl", (route) => held.then(() => route.continue()));
    await page.selectOption("#corpus", "");
    await page.selectOption("#corpus", "many.jsonl");
    const answered = page.waitForResponse("**/sample.jsonl");
    release();
    await (await answered).finished();
    await page.evaluate(() => window.webLag.listLogs());
    expect(await page.inputValue("#corpus")).toBe("many.jsonl");
    expect(await page.textContent(".documents-figures")).toBe("250 documents");
  });

  it("tells a script when the sample corpus cannot be had", async () => {
    const page = await open();
    await waitUntilReady(page);
    await built.context.route("**/sample.jsonl", (route) => route.fulfill({ status: 500 }));
    await page.reload();
    await page.waitForFunction(() => "webLag" in window, undefined, { timeout: PATIENCE });
    const failure = await page.evaluate(() => window.webLag.ready.catch((error: Error) => error.message));
    expect(failure).toMatch(/sample\.jsonl could not be fetched \(status 500\)/);
    expect(await page.textContent(".import-report")).toBe(failure);
  });
});
