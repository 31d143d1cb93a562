/** Modes and layouts as a person chooses them on the built page, and what the page shows of them. */
import type { Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import { ask, rememberAnswered, waitUntilReady } from "../support/page-driver.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";

let built: BuiltPage;
let page: Page;

beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  await waitUntilReady(page);
  await page.click(".modes-more > summary");
});
afterAll(() => built?.close());
beforeEach(() => page.evaluate(() => window.webLag.deleteAllLogs()));

const choose = (name: string, value: string) =>
  page.check(`#ask input[name=${name}][value=${value}]`, { force: true });

describe("modes and layouts on the page", () => {
  it("reflection: the cheat sheet is shown with its step, and stands in front as text", async () => {
    await rememberAnswered(page, QUESTION, "Torvessa");
    await choose("mode", "reflection");
    const turn = await ask(page, QUESTION);
    await choose("mode", "kv");
    const step = turn.locator(".step").first();
    const sheet = step.locator(".step-preparation");
    expect(await sheet.locator("summary").textContent()).toMatch(/^Wrote a cheat sheet of \d+ tokens?$/);
    expect(await step.locator(".used-log").count()).toBe(1);
    // What the model writes is not ours to know: it may be nothing.
    const text = (await sheet.locator("p").textContent())!.trim();
    const figures = await step.locator(".step-figures").textContent();
    expect(figures).toMatch(text === "" ? /^nothing in front · / : /^[1-9]\d* tokens in front · /);
  });

  it("sink-first: the rows that a log has for it are made once, and stand there", async () => {
    await rememberAnswered(page, QUESTION, "Torvessa");
    await choose("placement", "sink-first");
    expect(await page.textContent("#mode-hint")).toContain("behind what every prompt begins with");
    const turn = await ask(page, QUESTION);
    await choose("placement", "front");
    expect(await turn.locator(".step-figures").first().textContent()).toMatch(/^[1-9]\d* rows in front · /);
    expect(await turn.locator(".turn-notice").allTextContents()).toEqual([
      expect.stringContaining("no rows for mode kv/sink-first"),
    ]);
    const logs = await page.evaluate(() => window.webLag.listLogs());
    const names = logs.map(({ slices }) => Object.keys(slices).sort());
    expect(names).toContainEqual(["kv", "kv/sink-first"]);
    expect(names).toContainEqual(["kv/sink-first"]);
  });

  it("live: the log says what its rows saw, and modes that read others cannot be chosen with it", async () => {
    await choose("recording", "live");
    await ask(page, QUESTION);
    await page.waitForSelector(".log");
    expect(await page.textContent(".log-figures")).toMatch(/ · \d+ rows, live · /);
    const [log] = await page.evaluate(() => window.webLag.listLogs());
    expect(Object.keys(log!.slices)).toEqual(["kv/live"]);
    const { saw } = log!.slices["kv/live"]!;
    expect(saw).toMatchObject({ question: QUESTION, logs: [] });
    expect(saw!.documents).toEqual(log!.usedDocuments);
    expect(saw!.documents.length).toBeGreaterThan(0);

    await choose("mode", "kv-all");
    expect(await page.isDisabled("#ask input[value=live]")).toBe(true);
    expect(await page.isChecked("#ask input[value=re-encode]")).toBe(true);
    await choose("mode", "kv");
    expect(await page.isDisabled("#ask input[value=live]")).toBe(false);
  });
});
