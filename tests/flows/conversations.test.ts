/** Conversations on the built page: kept, found, renamed, deleted; answered anew, edited, incognito, without memory or documents. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import { ask, PATIENCE, untilQuiet, waitUntilReady } from "../support/page-driver.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";
const REWORDED = "What is the place of birth of the person who directed The Salt Orchard?";
const OTHER = "Who is the director of film The Salt Orchard?";

let built: BuiltPage;
let page: Page;
beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  await waitUntilReady(page);
});
afterAll(() => built?.close());

const logs = () => page.evaluate(() => window.webLag.listLogs());
const titles = () => page.locator(".conversation-title").allTextContents();
const turns = () => page.locator(".turn-question").allTextContents();
const until = (many: number, what: string) =>
  page.waitForFunction(([n, selector]) => document.querySelectorAll(selector!).length === n, [
    many,
    what,
  ] as const);

describe("conversations", () => {
  it("each turn leaves one log and says what memory did; all of it is there after a reload", async () => {
    await ask(page, QUESTION);
    const second = await ask(page, REWORDED);
    const said = /^Used 1 earlier solution · \d+ rows · 1 step, where solving it took 2$/;
    expect(await second.locator(".turn-memory summary").textContent()).toMatch(said);
    expect((await logs()).map(({ question }) => question)).toEqual([REWORDED, QUESTION]);
    const answers = await page.locator(".turn-answer").allTextContents();
    expect(page.url()).toMatch(/#chat=/);

    await page.reload();
    await waitUntilReady(page);
    await until(2, ".turn");
    expect(await page.locator(".turn-answer").allTextContents()).toEqual(answers);
    expect(await page.locator(".turn-memory summary").textContent()).toMatch(said);
    expect(await titles()).toEqual([QUESTION]);
    expect(await page.locator(".step-read").first().textContent()).toContain("The Salt Orchard");
  });

  it("opened, the line shows which log it was and what it said; what a person says of it counts at once", async () => {
    const details = page.locator(".turn-memory");
    await details.locator("summary").click();
    expect(await details.locator(".used-log-question").textContent()).toBe(QUESTION);
    expect(await details.locator(".used-log-said").textContent()).toMatch(/^It said: .*Torvessa/);
    await details.locator(".log-never").click();
    await page.waitForSelector(".turn-memory .log-never[aria-pressed=true]");
    const used = () =>
      page.evaluate(async (question) => {
        const { logs } = await window.webLag.ask({ question, record: false });
        return logs.map((log) => log.question);
      }, QUESTION);
    expect(await used()).toEqual([REWORDED]);
    await details.locator(".log-never").click();
    await page.waitForSelector(".turn-memory .log-never[aria-pressed=false]");
    const own = page.locator(".turn").nth(1).locator(".turn-actions .log-wrong");
    await own.click();
    await page.waitForSelector(".turn-actions .log-wrong[aria-pressed=true]");
    expect((await logs())[0]!.marks).toEqual({ verdict: "wrong" });
    expect(await used()).toEqual([QUESTION]);
    await details.locator(".log-remove").click();
    await page.waitForFunction(() =>
      document.querySelector(".used-log-said")?.textContent?.includes("deleted"),
    );
    expect(await logs()).toHaveLength(1);
  });

  it("answered anew, the new log takes the old one's place; stopped, the old answer and its log stay", async () => {
    const [old] = await logs();
    const turn = page.locator(".turn").nth(1);
    await turn.locator(".turn-retry").click();
    await page.waitForSelector("#turns[aria-busy=true]");
    await page.keyboard.press("Escape");
    await untilQuiet(page);
    expect(await logs()).toEqual([old]);
    expect(await turn.locator(".turn-answer").textContent()).not.toBe("");
    await turn.locator(".turn-retry").click();
    await page.waitForSelector("#turns[aria-busy=true]");
    await untilQuiet(page);
    await turn.locator(".turn-copy").waitFor();
    const now = await logs();
    expect(now.map(({ question }) => question)).toEqual([REWORDED]);
    expect(now[0]!.id).not.toBe(old!.id);
    expect(await turns()).toEqual([QUESTION, REWORDED]);

    await built.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await turn.locator(".turn-copy").click();
    await turn.locator(".turn-copy", { hasText: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await turn.locator(".turn-answer").textContent());
  });

  it("edited, a question takes the old one's place, and later turns go with their logs", async () => {
    await page.locator(".turn").first().locator(".turn-edit").click();
    expect(await page.inputValue("#question")).toBe(QUESTION);
    expect(await page.isVisible("#editing")).toBe(true);
    await page.fill("#question", OTHER);
    await page.press("#question", "Enter");
    await page.waitForSelector("#turns[aria-busy=true]");
    await untilQuiet(page);
    expect(await turns()).toEqual([OTHER]);
    expect((await logs()).map(({ question }) => question)).toEqual([OTHER]);
  });

  it("is asked without memory once, in a conversation, or at all, and then leaves no log", async () => {
    for (const [on, off] of [
      ["#memory-once", null],
      [null, "#memory-conversation"],
      [null, "#memory-all"],
    ] as const) {
      if (on) await page.check(on);
      if (off) await page.uncheck(off);
      expect(await page.textContent("#ask-hints")).toContain("Memory is off");
      const turn = await ask(page, OTHER);
      expect(await turn.locator(".turn-memory-none").textContent()).toMatch(/^Memory was off/);
      if (off) await page.check(off);
      else expect(await page.isChecked("#memory-once")).toBe(false);
    }
    expect(await logs()).toHaveLength(1);
  });

  it("incognito stores nothing, and is gone when another is opened", async () => {
    await page.click(".new-incognito");
    expect(await page.isVisible(".chat-incognito")).toBe(true);
    await ask(page, OTHER);
    expect(await logs()).toHaveLength(1);
    expect(await titles()).toEqual([QUESTION]);
    expect(page.url()).not.toContain("chat=");
    await page.click(".conversation-open");
    await until(4, ".turn");
    expect(await page.isVisible(".chat-incognito")).toBe(false);
  });

  it("without documents it is one step whose whole response is the answer, and the page says what to expect", async () => {
    await page.click(".new-conversation");
    expect(await page.isVisible("#welcome")).toBe(true);
    await page.selectOption("#corpus", "/none");
    await page.waitForFunction(() =>
      document.querySelector("#ask-hints")?.textContent?.includes("can do little"),
    );
    await page.fill("#question", "Hello?");
    await page.press("#question", "Enter");
    await page.waitForSelector(".turn-summary", { timeout: PATIENCE });
    await untilQuiet(page);
    expect(await page.textContent(".turn-summary")).toMatch(/^1 step · /);
    expect(await page.locator(".step:visible").count()).toBe(0);
    const [log] = await logs();
    expect(log).toMatchObject({ question: "Hello?", steps: 1 });
    expect((await page.textContent(".turn-answer"))!.trim()).not.toBe("");
    await page.selectOption("#corpus", "");
  });

  it("are found by what they say, renamed, and deleted with their logs, by keyboard", async () => {
    await until(2, ".conversation-item");
    expect(await titles()).toEqual(["Hello?", QUESTION]);
    await page.fill("#conversation-search", "salt");
    expect(await titles()).toEqual([QUESTION]);
    await page.fill("#conversation-search", "");
    await page.focus(".conversation-item:first-child .conversation-rename");
    await page.keyboard.press("Enter");
    await page.keyboard.type("A greeting");
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => document.querySelector(".conversation-title")?.textContent === "A greeting",
    );
    expect(await page.textContent(".chat-title")).toBe("A greeting");

    const remove = page.getByRole("button", { name: "Delete “A greeting”" });
    await remove.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#delete-conversation[open]");
    await page.keyboard.press("Escape");
    expect(await titles()).toHaveLength(2);
    await remove.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Delete it and 1 log of it" }).focus();
    await page.keyboard.press("Enter");
    await until(1, ".conversation-item");
    await page.locator("#welcome").waitFor();
    await expect.poll(async () => (await logs()).map(({ question }) => question)).toEqual([OTHER]);
  });

  it("answered anew while memory is off, a turn reads no log and leaves none, and its own goes with its old answer", async () => {
    await page.click(".conversation-open");
    await until(4, ".turn");
    const turn = page.locator(".turn").first();
    await page.uncheck("#memory-all");
    await turn.locator(".turn-retry").click();
    await untilQuiet(page);
    expect(await turn.locator(".turn-memory-none").textContent()).toMatch(/^Memory was off/);
    expect(await logs()).toEqual([]);
    await page.check("#memory-all");
  });
});
