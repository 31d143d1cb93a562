/** The built page, as a person uses it: loading, asking by keyboard, watching, remembering, deleting, stopping. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import {
  answeredTrace,
  ask,
  endOfTurn,
  PATIENCE,
  questionsOfLogs,
  waitUntilReady,
} from "../support/page-driver.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";

let served: Served;
let built: BuiltPage;

beforeAll(async () => {
  await ensureBuilt();
  served = await serveDist();
});
afterAll(() => served.close());
beforeEach(async () => {
  built = await openBuiltPage({ port: served.port, backend: "wasm" });
});
afterEach(() => built.close());

describe("the page", () => {
  it("says which model it loaded, how large it is and where it runs", async () => {
    expect(await waitUntilReady(built.page)).toMatch(/^embedded, \d+\.\d [KM]B, on wasm$/);
  });

  it("solves a question by keyboard alone, shows its steps as they come, and keeps a log", async () => {
    const { page } = built;
    await waitUntilReady(page);
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
    await page.keyboard.press("Enter");
    await page.waitForSelector("#turns[aria-busy=true]");
    expect(await page.isVisible("#stop-button")).toBe(true);
    expect(await page.isVisible("#ask-button")).toBe(false);

    await endOfTurn(page);
    const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
    expect(new Set(seen).size, "different states of the first response").toBeGreaterThan(3);
    expect(await page.locator(".step").count()).toBeGreaterThan(0);
    expect(await page.textContent(".step-documents summary")).toMatch(/^Reads .*The Salt Orchard/);
    expect(await page.textContent(".step-figures")).toMatch(
      /^nothing in front · prompt of [\d,]+ tokens · response of \d+ · /,
    );
    expect(await page.textContent(".turn-answer")).not.toBe("");
    expect(await page.textContent(".turn-summary")).toMatch(/^\d steps? · no log in front · .* · wasm$/);
    await page.waitForSelector(".log");
    expect(await questionsOfLogs(page)).toEqual([QUESTION]);
    expect(await page.textContent(".memory-figures")).toMatch(/^1 log, \d+ rows, /);
    expect(await page.inputValue("#question")).toBe("");
    expect(await page.isVisible("#ask-button")).toBe(true);
  });

  it("shows which log was used, how similar it was and how many rows stood in front", async () => {
    const { page } = built;
    await waitUntilReady(page);
    await page.evaluate((trace) => window.webLag.remember(trace), answeredTrace(QUESTION, "Torvessa"));
    await ask(page, "In what place was the director of film The Salt Orchard born?");
    const used = page.locator(".step").first().locator(".used-log");
    expect(await used.locator(".used-log-question").allTextContents()).toEqual([QUESTION]);
    expect(await used.locator(".used-log-figures").textContent()).toMatch(
      /^\d+% similar · \d+ rows in front$/,
    );
    expect(await page.textContent(".step-figures")).toMatch(/^[1-9]\d* rows in front · /);
    expect(await page.textContent(".turn-summary")).toMatch(/ · \d+ rows of 1 log in front · /);
  });

  it("puts nothing in front in mode none", async () => {
    const { page } = built;
    await waitUntilReady(page);
    await page.evaluate((trace) => window.webLag.remember(trace), answeredTrace(QUESTION, "Torvessa"));
    await page.check("input[value=none]", { force: true });
    await ask(page, QUESTION);
    expect(await page.locator(".used-log").count()).toBe(0);
    expect(await page.textContent(".step-figures")).toMatch(/^nothing in front/);
  });

  it("deletes a log by keyboard and keeps the focus near, then all of them at the second press", async () => {
    const { page } = built;
    await waitUntilReady(page);
    for (const place of ["Torvessa", "Askerby", "Zelmark"]) {
      await page.evaluate(
        (trace) => window.webLag.remember(trace),
        answeredTrace(`Where is ${place}?`, place),
      );
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
    const { page } = built;
    await waitUntilReady(page);
    await page.fill("#question", QUESTION);
    await page.press("#question", "Enter");
    await page.waitForSelector(".step");
    await page.keyboard.press("Escape");
    expect(await endOfTurn(page)).toBe("Stopped. No log was kept.");
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
    await ask(page, QUESTION);
    await page.locator(".turn").nth(1).locator(".turn-summary").waitFor({ timeout: PATIENCE });
  });

  it("shows text from people as text", async () => {
    const { page } = built;
    await waitUntilReady(page);
    const evil = "<img src=x onerror=alert(1)> & <b>who</b>?";
    await page.evaluate((trace) => window.webLag.remember(trace), answeredTrace(evil, "<i>x</i>"));
    await page.waitForSelector(".log");
    expect(await questionsOfLogs(page)).toEqual([evil]);
    expect(await page.locator(".log img, .log b, .log i").count()).toBe(0);
  });

  it("gives every control a name", async () => {
    await waitUntilReady(built.page);
    const nameless = await built.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>("button, input:not([hidden]), select, textarea")]
        .filter((control) => {
          const label =
            control.getAttribute("aria-label") ?? (control as HTMLInputElement).labels?.[0]?.textContent;
          return !(label ?? control.textContent)?.trim();
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
  });
});
