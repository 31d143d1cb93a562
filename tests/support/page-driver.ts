/** What a person does on the page and sees there, for flow tests. Works with any model: it asserts nothing. */
import type { Page } from "playwright";
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

/** Types a question, presses Enter, waits for the end of the turn. Returns what stands at its end. */
export async function ask(page: Page, question: string): Promise<string> {
  const before = await page.locator(".turn").count();
  await page.fill("#question", question);
  await page.press("#question", "Enter");
  await page.locator(".turn").nth(before).waitFor({ timeout: PATIENCE });
  return endOfTurn(page);
}

/** Waits for the end of the last turn. */
export async function endOfTurn(page: Page): Promise<string> {
  await page.waitForFunction(() => !document.querySelector("#turns")?.hasAttribute("aria-busy"), undefined, {
    timeout: PATIENCE,
  });
  return (await page.locator(".turn").last().locator(".turn-end").textContent()) ?? "";
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
