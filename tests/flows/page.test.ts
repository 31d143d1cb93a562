/** The built page, as a person uses it: loading, asking by keyboard, watching, remembering, deleting, stopping. */
import type { Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import {
  ask,
  begin,
  questionsOfLogs,
  rememberAnswered,
  untilQuiet,
  waitUntilReady,
} from "../support/page-driver.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";

// One page serves all tests: loading it costs more than asking.
let built: BuiltPage;
let page: Page;
let modelLine: string;
/** Milliseconds from the page's address to a model that answers, with an empty cache. */
let untilReady: number;

beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  modelLine = await waitUntilReady(page);
  untilReady = await page.evaluate(() => performance.now());
});
afterAll(() => built?.close());
beforeEach(() => page.evaluate(() => window.webLag.deleteAllLogs()));

describe("the page", () => {
  it("says which model it loaded, how large it is and where it runs", () => {
    expect(modelLine).toMatch(/^embedded, \d+\.\d [KM]B, on wasm$/);
  });

  it("solves a question by keyboard alone, shows its steps as they come, and keeps a log", async () => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // the skip link
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("question");
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      const observer = new MutationObserver(() =>
        seen.push(document.querySelector(".step-response")?.textContent ?? ""),
      );
      observer.observe(document.querySelector("#turns")!, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    await page.keyboard.type(QUESTION);
    const asked = performance.now();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#turns[aria-busy=true]");
    expect(await page.isVisible("#stop-button")).toBe(true);
    expect(await page.isVisible("#ask-button")).toBe(false);

    await untilQuiet(page);
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
    // How fast depends on the machine and on what else it does: said, not asserted.
    console.log(
      `First visit: the model was ready after ${seconds(untilReady)}, and the first question answered ` +
        `${seconds(performance.now() - asked)} after it was asked`,
    );
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(new Set(seen).size, "different states of the first response").toBeGreaterThan(3);
    expect(await page.locator(".step").count()).toBeGreaterThan(0);
    expect(await page.textContent(".step-documents summary")).toMatch(/^Reads .*The Salt Orchard/);
    expect(await page.textContent(".step-figures")).toMatch(
      /^nothing in front · prompt of [\d,]+ tokens · response of \d+ · /,
    );
    expect(await page.textContent(".turn-answer")).not.toBe("");
    expect(await page.textContent(".turn-summary")).toMatch(/^\d steps? · [^·]+ · wasm$/);
    await page.waitForSelector(".log");
    expect(await questionsOfLogs(page)).toEqual([QUESTION]);
    expect(await page.textContent(".memory-figures")).toMatch(/^1 log, \d+ rows, /);
    expect(await page.inputValue("#question")).toBe("");
    expect(await page.isVisible("#ask-button")).toBe(true);
  });

  it("shows which log was used, how similar it was and how many rows stood in front", async () => {
    await rememberAnswered(page, QUESTION, "Torvessa");
    const turn = await ask(page, "In what place was the director of film The Salt Orchard born?");
    const used = turn.locator(".step").first().locator(".used-log");
    expect(await used.locator(".used-log-question").allTextContents()).toEqual([QUESTION]);
    expect(await used.locator(".used-log-figures").textContent()).toMatch(
      /^\d+% similar · \d+ rows in front$/,
    );
    const figures = await turn.locator(".step-figures").first().textContent();
    expect(figures).toMatch(/^[1-9]\d* rows in front · /);
    expect(await turn.locator(".turn-memory summary").textContent()).toMatch(
      /^Used 1 earlier solution · \d+ rows · \d steps?, where (solving it took 1|it took as many)$/,
    );
  });

  it("puts nothing in front in mode none", async () => {
    await rememberAnswered(page, QUESTION, "Torvessa");
    await page.check("input[value=none]", { force: true });
    const turn = await ask(page, QUESTION);
    await page.check("input[value=kv]", { force: true });
    expect(await turn.locator(".used-log").count()).toBe(0);
    expect(await turn.locator(".step-figures").first().textContent()).toMatch(/^nothing in front/);
  });

  it("deletes a log by keyboard and keeps the focus near, then all of them at the second press", async () => {
    for (const place of ["Torvessa", "Askerby", "Zelmark"]) {
      await rememberAnswered(page, `Where is ${place}?`, place);
    }
    await page.waitForFunction(() => document.querySelectorAll(".log").length === 3);
    await page.focus(".log:first-child .log-delete");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".log").length === 2);
    expect(await questionsOfLogs(page)).toEqual(["Where is Askerby?", "Where is Torvessa?"]);
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id);
    expect(await focused()).toBe("Delete the log of “Where is Askerby?”");

    await page.click(".delete-all");
    expect(await page.locator(".log").count()).toBe(2);
    await page.click(".delete-all");
    await page.waitForFunction(() => document.querySelectorAll(".log").length === 0);
    expect(await focused()).toBe("memory-heading");
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
  });

  it("stops at Escape, keeps no log of it, and answers the next question", async () => {
    const stopped = await begin(page, QUESTION);
    await page.keyboard.press("Escape");
    await untilQuiet(page);
    expect(await stopped.locator(".turn-end").textContent()).toBe("Stopped. No log was kept.");
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
    const next = await ask(page, QUESTION);
    expect(await next.locator(".turn-summary").count()).toBe(1);
  });

  it("shows text from people as text", async () => {
    const evil = "<img src=x onerror=alert(1)> & <b>who</b>?";
    await rememberAnswered(page, evil, "<i>x</i>");
    expect(await questionsOfLogs(page)).toEqual([evil]);
    expect(await page.locator(".log img, .log b, .log i").count()).toBe(0);
  });

  it("has a page of all logs: searched, sorted, mapped; one, some or all deleted", async () => {
    for (const place of ["Torvessa", "Askerby", "Zelmark", "Velin"])
      await rememberAnswered(page, `Where is ${place}?`, place);
    await page.click(".logs-more");
    const questions = () => page.locator(".bank-log .log-question").allTextContents();
    const listed = (many: number) =>
      page.waitForFunction((n) => document.querySelectorAll(".bank-log").length === n, many);
    await listed(4);
    expect(await page.textContent(".bank-figures")).toMatch(/^4 logs · \d+ rows · [\d.]+ [KM]B$/);
    expect(await page.locator(".bank-map circle").count()).toBe(4);
    expect(await page.isVisible("#chat")).toBe(false);

    await page.selectOption("#bank-order", "oldest");
    expect((await questions())[0]).toBe("Where is Torvessa?");
    await page.fill("#bank-search", "zelmark");
    await listed(1);
    await page.waitForFunction(() =>
      document.querySelector(".bank-map-about")?.textContent?.includes("“zelmark”"),
    );
    await page.click(".bank-log summary");
    await page.click(".bank-log .log-pin");
    await page.waitForSelector(".bank-log .log-pin[aria-pressed=true]");
    expect(await page.textContent(".bank-log .log-figures")).toMatch(/^pinned · 100% similar · /);
    await page.fill("#bank-search", "");
    await listed(4);

    await page.locator(".bank-log", { hasText: "Velin" }).locator(".bank-choose").check();
    await page.locator(".bank-log", { hasText: "Askerby" }).locator(".bank-choose").check();
    await page.getByRole("button", { name: "Delete 2 chosen logs" }).click();
    await listed(2);
    expect(await questions()).toEqual(["Where is Torvessa?", "Where is Zelmark?"]);
    await page.click(".bank-remove-all");
    await page.click(".bank-remove-all");
    await listed(0);
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
    await page.click(".chat-link");
    expect(await page.isVisible("#chat")).toBe(true);
  });
});
