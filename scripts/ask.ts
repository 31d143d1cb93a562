/** `npm run ask`: one question to the built page in headless Chromium; prints the answer and how it came about. */
// Also declares `window.webLag`.
import type {} from "../src/app/automation.ts";
import type { TaskResult } from "../src/runtime/events.ts";
import type { Document } from "../src/terms/document.ts";
import { messageOf } from "../src/terms/errors.ts";
import { type AskCommand, readCommand, USAGE } from "./lib/ask-options.ts";
import { asJson, asText, type TimedLoad } from "./lib/ask-report.ts";
import { openBuiltPage } from "./lib/built-page.ts";
import { readCorpusFile } from "./lib/corpus-file.ts";
import { explain } from "./lib/page-error.ts";

try {
  if (process.argv.includes("--help")) console.log(USAGE);
  else await main();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const command = readCommand(process.argv.slice(2));
  const corpus = command.corpus === undefined ? undefined : readCorpusFile(command.corpus);
  const { result, load } = await askThePage(command, corpus);
  console.log(command.json ? JSON.stringify(asJson(result, load)) : asText(result, load));
}

interface Asked {
  readonly result: TaskResult;
  readonly load: TimedLoad;
}

async function askThePage(command: AskCommand, corpus: readonly Document[] | undefined): Promise<Asked> {
  const { question, mode, placement, recording, limits, retrieval, backend, profile } = command;
  const kept = profile === undefined ? {} : { profile };
  const { page, close } = await openBuiltPage({
    backend,
    query: { ...retrieval, thoughts: command.thoughts },
    ...kept,
  });
  try {
    const began = performance.now();
    const load = await page.evaluate(() => window.webLag.ready).catch(explain);
    const milliseconds = Math.round(performance.now() - began);
    for (const notice of load.notices) console.error(notice);
    if (corpus) await page.evaluate((documents) => window.webLag.setCorpus(documents), corpus).catch(explain);
    const task = { question, mode, placement, recording, ...limits };
    const result = await page.evaluate((asked) => window.webLag.ask(asked), task).catch(explain);
    for (const notice of result.notices) console.error(notice.text);
    return { result, load: { ...load, milliseconds } };
  } finally {
    await close();
  }
}
