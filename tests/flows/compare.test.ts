/** A question with and without memory, side by side on the built page: asked so, afterwards, and stopped. */
import type { Locator, Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import { violationsInBoth } from "../support/axe.ts";
import { begin, PATIENCE, questionsOfLogs, untilQuiet, waitUntilReady } from "../support/page-driver.ts";

const QUESTION = "Where was the director of film The Salt Orchard born?";
const REWORDED = "What is the place of birth of the person who directed The Salt Orchard?";

let built: BuiltPage;
let page: Page;
beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  await waitUntilReady(page);
});
afterAll(() => built?.close());
beforeEach(() => page.evaluate(() => window.webLag.deleteAllLogs()));

/** The figures of the table, by their names. */
async function figures(turn: Locator): Promise<Record<string, string[]>> {
  const rows = await turn.locator(".comparison tbody tr").all();
  const entries = rows.map(async (row) => [
    await row.locator("th").textContent(),
    await row.locator("td").allTextContents(),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

describe("compared with a run without memory", () => {
  it("both runs stream, one after the other, and stand side by side with their figures; one log is kept", async () => {
    await page.evaluate((question) => window.webLag.ask({ question }), QUESTION);
    await page.check("#compare");
    const turn = await begin(page, REWORDED);
    await page.uncheck("#compare");
    const [withMemory, without] = [turn.locator(".run").nth(0), turn.locator(".run").nth(1)];
    expect(await turn.locator(".run-title").allTextContents()).toEqual([
      "With memory, mode kv",
      "Without memory",
    ]);
    expect(await turn.locator(".run-state").allTextContents()).toEqual(["runs now", ""]);
    expect(await without.locator(".turn-waiting").textContent()).toBe("Runs when the other has ended.");
    await without.locator(".step").first().waitFor({ timeout: PATIENCE });
    expect(await turn.locator(".run-state").allTextContents()).toEqual(["", "runs now"]);
    await untilQuiet(page);

    const shown = await figures(turn);
    const steps = await Promise.all([withMemory, without].map((run) => run.locator(".step").count()));
    expect(shown.Steps).toEqual(steps.map(String));
    expect(steps[0]!, "steps with memory").toBeLessThan(steps[1]!);
    expect(shown["Logs in front"]).toEqual([expect.stringMatching(/^1 log, [1-9]\d* rows$/), "none"]);
    const answers = await turn.locator(".turn-answer").allTextContents();
    expect(shown.Answer).toEqual(answers);
    for (const name of ["Time to first token", "Time to the answer"]) {
      for (const figure of shown[name]!) expect(figure).toMatch(/^\d+(\.\d s| ms)$/);
    }
    expect(await questionsOfLogs(page)).toHaveLength(2); // of the first question and of the run with memory
    expect(await turn.locator(".turn-compare").count()).toBe(0);
    expect(await violationsInBoth(page)).toEqual([]);

    // Both in one call: between two the page may still scroll.
    const boxes = () =>
      turn.locator(".run").evaluateAll((runs) =>
        runs.map((run) => {
          const { top, bottom } = run.getBoundingClientRect();
          return { top, bottom };
        }),
      );
    const [first, second] = await boxes();
    expect(first!.top).toBe(second!.top);
    await page.setViewportSize({ width: 380, height: 800 });
    const [upper, lower] = await boxes();
    expect(lower!.top).toBeGreaterThanOrEqual(upper!.bottom);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("afterwards too, by keyboard, for a turn that was answered", async () => {
    const turn = await begin(page, QUESTION);
    await untilQuiet(page);
    await turn.locator(".turn-compare").focus();
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("stop-button");
    await untilQuiet(page);
    expect((await figures(turn)).Steps).toHaveLength(2);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("question");
    expect(await turn.locator(".turn-compare").count()).toBe(0);
    expect(await questionsOfLogs(page)).toEqual([QUESTION]);
  });

  it("stops both runs at once", async () => {
    await page.check("#compare");
    const turn = await begin(page, QUESTION);
    await page.uncheck("#compare");
    await page.keyboard.press("Escape");
    await untilQuiet(page);
    expect(await turn.locator(".turn-stopped").allTextContents()).toEqual([
      "Stopped. No log was kept.",
      "Stopped.",
    ]);
    expect(await turn.locator(".comparison").count()).toBe(0);
    expect(await page.evaluate(() => window.webLag.listLogs())).toEqual([]);
  });

  it("is no choice in mode none", async () => {
    await page.check("input[name=mode][value=none]", { force: true });
    expect(await page.isDisabled("#compare")).toBe(true);
    await page.check("input[name=mode][value=kv]", { force: true });
    expect(await page.isDisabled("#compare")).toBe(false);
  });
});
