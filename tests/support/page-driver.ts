/** What a person does on the page and sees there, for flow tests. Works with any model: it asserts nothing. */
import type { Locator, Page } from "playwright";
// Also declares `window.webLag`.
import type {} from "../../src/app/automation.ts";
import { LagError } from "../../src/terms/errors.ts";
import type { Trace } from "../../src/terms/log.ts";

/** Long enough for a step of the model on a busy machine. */
export const PATIENCE = 120_000;

/** Waits until the model is there; throws what the page says when it failed. */
export async function waitUntilReady(page: Page): Promise<string> {
  await page.waitForSelector("#model[data-state=ready], #model[data-state=failed]", { timeout: PATIENCE });
  const line = (await page.textContent(".model-line"))!;
  if ((await page.getAttribute("#model", "data-state")) === "failed") throw new LagError(line);
  await page.waitForSelector(".example, .turn", { state: "attached", timeout: PATIENCE });
  return line;
}

/** Types a question and presses Enter. Returns its turn, once its first step is there. */
export async function begin(page: Page, question: string): Promise<Locator> {
  const turn = page.locator(".turn").nth(await page.locator(".turn").count());
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await turn.locator(".step").first().waitFor({ timeout: PATIENCE });
  return turn;
}

/** Asks and waits for the end of the turn, whatever it is. */
export async function ask(page: Page, question: string): Promise<Locator> {
  const turn = await begin(page, question);
  await untilQuiet(page);
  return turn;
}

/** Waits until no question is being answered. */
export async function untilQuiet(page: Page): Promise<void> {
  await page.locator("#turns:not([aria-busy])").waitFor({ state: "attached", timeout: PATIENCE });
}

/** Waits until the service worker answers for the page: from then on it works without a network. */
export async function untilKeptOffline(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, {
    timeout: PATIENCE,
  });
}

/** Stores the log of an answered task, as if it had been solved here, and waits until the page lists it. */
export async function rememberAnswered(page: Page, question: string, answer: string): Promise<void> {
  await page.evaluate((trace) => window.webLag.remember(trace), answeredTrace(question, answer));
  await page.locator(".log-question").getByText(question, { exact: true }).first().waitFor();
}

export function questionsOfLogs(page: Page): Promise<string[]> {
  return page.locator(".log-question").allTextContents();
}

/** An answered trace, as if the task had been solved here: it makes a log without depending on the model. */
export function answeredTrace(question: string, answer: string): Trace {
  return {
    question,
    responses: [`The place of birth is ${answer}. <ans> ${answer} </ans>`],
    answer,
    outcome: "answered",
    mode: "none",
    usedLogs: [],
    usedDocuments: [],
  };
}
