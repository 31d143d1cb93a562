/** The built page for everyone: axe on every screen, keyboard only, small and zoomed windows, right to left, nothing that jumps. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import { violations as violationsOf } from "../support/axe.ts";
import { PATIENCE, rememberAnswered, untilQuiet, waitUntilReady } from "../support/page-driver.ts";
import { differences } from "../support/screens.ts";
import { forgetConversations, keepConversation } from "../support/stored-conversation.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";

let built: BuiltPage;
let page: Page;
beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  await waitUntilReady(page);
});
afterAll(() => built?.close());

const violations = () => violationsOf(page);

/** Nothing is wider than the window. */
const overflow = () =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** As browsers do where a person has chosen a larger text. */
const enlargeText = (to: string) =>
  page.evaluate((size) => {
    document.documentElement.style.fontSize = size;
  }, to);

const VIEWS = [
  ["the chat", "#"],
  ["the bank", "#bank"],
  ["the report", "#report"],
] as const;

/** Of all pixels of a picture, at most so many may differ: a line of text more or less. */
const SLIGHT = 0.03;

async function looksAsBefore(screen: string, from?: string): Promise<void> {
  const shares = Object.entries(await differences(page, screen, from));
  expect(shares.filter(([, share]) => share > SLIGHT)).toEqual([]);
}

/** Opens or closes what is folded away in the chat, but for the panel of models, which has a test of its own. */
const unfold = (open: boolean) =>
  page.evaluate((is) => {
    for (const fold of document.querySelectorAll<HTMLDetailsElement>(".turn-memory, .modes-more, .device"))
      fold.open = is;
  }, open);

async function show(hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  await page.locator(VIEWS.some(([, view]) => view === hash) && hash !== "#" ? hash : "#chat").waitFor();
}

describe("for everyone", () => {
  it("axe sees what is wrong", async () => {
    await page.evaluate(() => {
      const wrong = document.createElement("div");
      wrong.className = "wrong";
      const small = ["a", "b"].map((text) => {
        const button = document.createElement("button");
        button.textContent = text;
        button.style.cssText = "width: 10px; height: 10px; padding: 0";
        return button;
      });
      wrong.append(document.createElement("img"), ...small);
      document.querySelector("#turns")!.append(wrong);
    });
    const rules = (await violations()).map((violation) => violation.split(":")[0]);
    expect(new Set(rules)).toEqual(new Set(["image-alt", "target-size"]));
    await page.evaluate(() => document.querySelector(".wrong")!.remove());
  });

  it("the first visit looks as it did", () => looksAsBefore("first-visit"));

  it.each([
    ["a small laptop", 1280, 800],
    ["a phone", 390, 844],
  ])(
    "the first visit is one screen of %s: what it is, questions to begin with, the box",
    async (_, width, height) => {
      await page.setViewportSize({ width, height });
      const shown = await page.evaluate((isPhone) => {
        document.querySelector<HTMLDetailsElement>(".conversations-fold")!.open = !isPhone; // as it begins there
        scrollTo({ top: 0, behavior: "instant" });
        const boxOf = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
        return {
          lead: boxOf(".welcome-lead").top,
          examples: boxOf("#examples li:last-child").bottom,
          dock: boxOf(".dock .modes").top,
          box: boxOf("#ask-button").bottom,
        };
      }, width < 400);
      await page.evaluate(() => {
        document.querySelector<HTMLDetailsElement>(".conversations-fold")!.open = true;
      });
      await page.setViewportSize({ width: 1280, height: 900 });
      expect(shown.lead).toBeGreaterThan(0);
      expect(shown.examples, "not behind the box, which stays at the end").toBeLessThanOrEqual(shown.dock);
      expect(shown.box).toBeLessThanOrEqual(height);
    },
  );

  it("a conversation looks as it did: steps, an answer from a log, and the line that says so", async () => {
    const { id } = await keepConversation(page);
    await show(`#chat=${id}`);
    const used = page.locator(".turn-memory summary");
    expect(await used.textContent()).toBe(
      "Used 1 earlier solution · 42 rows · 1 step, where solving it took 2",
    );
    const fold = page.locator(".conversations-fold");
    await fold.evaluate((list: HTMLDetailsElement) => list.removeAttribute("open")); // as on a phone
    await looksAsBefore("conversation", ".turn .steps");
    await unfold(true);
    expect(await violations(), "unfolded").toEqual([]);
    await unfold(false);
    await fold.evaluate((list: HTMLDetailsElement) => list.setAttribute("open", ""));
    await forgetConversations(page);
    await show("#");
    await page.locator("#welcome").waitFor();
  });

  it("by keyboard alone: to the box, asked, answered, and on to what can be done with the answer; nothing jumps", async () => {
    expect(await violations(), "first visit").toEqual([]);
    await page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
        })[])
          if (!entry.hadRecentInput) shifts.push(entry.value);
      }).observe({ type: "layout-shift" });
      (document.activeElement as HTMLElement | null)?.blur();
    });
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("skip-link");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("question");
    await page.keyboard.type(QUESTION);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#turns[aria-busy=true]");
    expect(await page.getAttribute("#turns", "role")).toBe("log");
    expect(await page.getAttribute(".steps", "aria-live"), "tokens are not announced one by one").toBe("off");
    await page.waitForSelector(".turn-actions button", { timeout: PATIENCE });
    await untilQuiet(page);
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
    expect(
      shifts.reduce((sum, value) => sum + value, 0),
      "layout shift while streaming",
    ).toBeLessThan(0.1);
    const reached: string[] = [];
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press("Shift+Tab");
      reached.push(await page.evaluate(() => document.activeElement?.className ?? ""));
    }
    for (const control of ["turn-copy", "turn-retry", "turn-edit", "log-right"])
      expect(reached.join(" ")).toContain(control);
  });

  it.each(VIEWS)(
    "%s has no violation, light and dark, wide, zoomed to 200% and on a phone",
    async (_, hash) => {
      if (hash === "#bank") await rememberAnswered(page, "Where is Askerby?", "Norway");
      await show(hash);
      if (hash === "#bank") await page.locator(".bank-log summary").first().click();
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await violations(), colorScheme).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: "light" });
      for (const width of [640, 320]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await overflow(), `${width} wide`).toBeLessThanOrEqual(0);
        expect(await violations(), `${width} wide`).toEqual([]);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      await enlargeText("200%");
      expect(await overflow(), "text of twice the size on a phone").toBeLessThanOrEqual(0);
      await enlargeText("");
      await page.setViewportSize({ width: 1280, height: 900 });
    },
  );

  it("the bank and the report look as they did, and a broken one does not", async () => {
    await show("#");
    await page.evaluate(() => window.webLag.deleteAllLogs());
    await rememberAnswered(page, "Where is Askerby?", "Norway");
    await show("#bank");
    await page.waitForFunction(() => document.querySelectorAll(".bank-log").length === 1);
    await looksAsBefore("bank");
    await show("#report");
    await looksAsBefore("report");
    if (process.env.WEB_LAG_SCREENS !== "write") {
      const style = "--paper: #777";
      await page.evaluate((css) => document.documentElement.setAttribute("style", css), style);
      for (const share of Object.values(await differences(page, "report")))
        expect(share).toBeGreaterThan(SLIGHT);
      await page.evaluate(() => document.documentElement.removeAttribute("style"));
    }
    await show("#bank");
    await page.evaluate(() => window.webLag.deleteAllLogs());
  });

  it("zoomed to 200%, the question box does not stand before what is said", async () => {
    await show("#");
    const stays = () => page.evaluate(() => getComputedStyle(document.querySelector(".dock")!).position);
    expect(await stays()).toBe("sticky");
    await page.setViewportSize({ width: 640, height: 450 });
    expect(await stays()).toBe("static");
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("right to left, nothing is cut off, and the shelf stands on the left", async () => {
    await show("#");
    await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    expect(await overflow()).toBeLessThanOrEqual(0);
    const [shelf, talk] = await Promise.all(
      [".shelf", ".conversation"].map((part) => page.locator(part).boundingBox()),
    );
    expect(shelf!.x).toBeLessThan(talk!.x);
    await page.evaluate(() => document.documentElement.removeAttribute("dir"));
  });

  it("who wants less motion gets none", async () => {
    const scrolling = () => page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
    expect(await scrolling()).toBe("smooth");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await scrolling()).toBe("auto");
    await page.emulateMedia({ reducedMotion: "no-preference" });
  });

  it("a dialog and an incognito conversation have no violation either", async () => {
    await page.locator(".conversation-delete").first().click();
    await page.waitForSelector("#delete-conversation[open]");
    expect(await violations()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.click(".new-incognito");
    expect(await violations()).toEqual([]);
  });
});
