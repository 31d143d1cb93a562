/** The report on the built page: an evaluation of a tiny file, stopped and gone on with, its figures and its files. */
import { readFileSync } from "node:fs";
import type { Download, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BuiltPage, openBuiltPage } from "../../scripts/lib/built-page.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { violationsInBoth } from "../support/axe.ts";
import { PATIENCE, rememberAnswered, waitUntilReady } from "../support/page-driver.ts";

const question = (film: string, director: string, town: string) => ({
  _id: film,
  question: `Where was the director of film ${film} born?`,
  answer: town,
  type: "compositional",
  supporting_facts: [
    [film, 0],
    [director, 0],
  ],
  evidences: [
    [film, "director", director],
    [director, "place of birth", town],
  ],
});
const SEEN = [
  question("The Salt Road", "Ottoline Varga", "Brimholt"),
  question("Nine Lanterns", "Pavo Lindqvist", "Ostermark"),
];
const UNSEEN = [
  { ...SEEN[0], question: "What is the place of birth of the director of The Salt Road?" },
  { ...SEEN[1], question: "In what town was the director of film Nine Lanterns born?" },
];
/** Two seen questions, and the unseen ones in two modes. */
const TASKS = 2 + 2 * 2;

let built: BuiltPage;
let page: Page;
beforeAll(async () => {
  built = await openBuiltPage({ backend: "wasm" });
  page = built.page;
  await waitUntilReady(page);
});
afterAll(() => built?.close());

const jsonFile = (name: string, value: unknown) => ({
  name,
  mimeType: "application/json",
  buffer: Buffer.from(JSON.stringify(value)),
});

async function openReport(): Promise<void> {
  await page.click(".views a[href='#report']");
  await page.locator(".mode-choices input").first().waitFor({ timeout: PATIENCE });
}

async function run(): Promise<void> {
  await page.setInputFiles("input[name=questions]", jsonFile("unseen.json", UNSEEN));
  await page.setInputFiles("input[name=seen]", jsonFile("seen.json", SEEN));
  await page.uncheck(".mode-choices input[value=text-last]");
  await page.click("#evaluation .primary");
}

async function saved(button: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return readFileSync(await (file as Download).path());
}

/** The cells of the first table, row by row, by the mode. */
async function firstTable(): Promise<Record<string, string[]>> {
  const rows = await page.locator(".result-tables .figures").first().locator("tbody tr").all();
  const entries = rows.map(async (row) => [
    await row.locator("th").textContent(),
    await row.locator("td").allTextContents(),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

const chartCode = () =>
  page.evaluate(() =>
    performance.getEntriesByType("resource").some(({ name }) => /report-view.*\.js$/.test(name)),
  );
const ofTheChat = () =>
  page.evaluate(async () => ({
    logs: await window.webLag.listLogs(),
    bank: await window.webLag.bankStats(),
    documents: document.querySelector(".documents-figures")?.textContent,
  }));

test("counts a tiny file, goes on after a stop and a closed page, and leaves the chat as it was", async () => {
  await rememberAnswered(page, "Where was the director of film The Salt Road born?", "Elsewhere");
  const before = await ofTheChat();
  expect(await chartCode(), "code of the report before it is looked at").toBe(false);
  await openReport();
  expect(await chartCode()).toBe(true);

  await run();
  await page.waitForFunction(
    () => / 1 of \d+ tasks/.test(document.querySelector(".report-progress-text")?.textContent ?? ""),
    undefined,
    { timeout: PATIENCE },
  );
  await page.click("#evaluation .stop");
  await page.waitForFunction(() => document.querySelector(".report-message")?.textContent !== "");
  expect(await page.textContent(".report-message")).toMatch(/^Stopped\. What was finished is kept/);
  expect(await page.isVisible(".result")).toBe(false);

  await page.reload();
  await waitUntilReady(page);
  await openReport();
  await run();
  await page.waitForFunction(
    (tasks) =>
      document
        .querySelector(".report-progress-text")
        ?.textContent?.includes(` of ${tasks} tasks · 1 from an earlier run`),
    TASKS,
    { timeout: PATIENCE },
  );
  await page.waitForSelector(".result:not([hidden])", { timeout: PATIENCE });
  expect(await page.textContent(".report-message")).toBe("");
  await page.locator(".chart-numbers summary").first().click();
  expect(await violationsInBoth(page)).toEqual([]);

  const report: EvaluationReport = JSON.parse((await saved(".save-report")).toString());
  const table = await firstTable();
  expect(Object.keys(table)).toEqual(["none", "kv"]);
  for (const mode of ["none", "kv"] as const) {
    const [of, ceiling] = [report.modes[mode]!, report.oracle![mode]!];
    expect(of.n).toBe(2);
    const ends = ([low, high]: readonly [number, number], digits: number) =>
      `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
    expect(table[mode]!.slice(0, 9)).toEqual([
      of.em.toFixed(1),
      ends(of.emInterval!, 1),
      of.f1!.toFixed(1),
      ends(of.f1Interval!, 1),
      of.steps.toFixed(2),
      ends(of.stepsInterval!, 2),
      "2",
      ceiling.em.toFixed(1),
      ceiling.steps.toFixed(2),
    ]);
  }
  expect(table.kv!.slice(9)).toEqual(["55.2", "64.7", "1.84"]);
  expect(await page.textContent(".result-published")).toMatch(/^Published: 2WikiMultiHop, .*Llama-3\.1-8B/);
  // Rows of the seen questions' logs were read: an empty bank, or the chat's, gives other ones.
  expect(report.modes.kv!.costs.rowsRead).toBeGreaterThan(0);
  expect(report.modes.kv!.costs.bankBytes).toBeGreaterThan(0);

  const csv = (await saved(".save-table")).toString().split("\r\n");
  expect(csv[2]).toMatch(new RegExp(`^unseen.json,2WikiMultiHop,.*,unseen,kv,2,${report.modes.kv!.em},`));
  const lines = (await saved(".save-steps"))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const answered = lines.filter(({ value }) => Array.isArray(value?.steps)).map(({ value }) => value);
  expect(answered).toHaveLength(TASKS);
  const kv = answered.filter(({ steps }) => steps[0].logs.length > 0);
  expect(kv.map((value) => value.question)).toEqual(UNSEEN.map((asked) => asked.question));
  expect(kv[0].steps[0]).toMatchObject({ promptTokens: expect.any(Number), response: expect.any(String) });
  const png = await saved(".chart-png");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.length).toBeGreaterThan(5000);

  expect(await ofTheChat()).toEqual(before);
  const databases = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(databases).not.toContain("web-lag-report");
});

test("draws a saved report again, and says what is wrong with a file that is none", async () => {
  const table = await firstTable();
  const report = JSON.parse((await saved(".save-report")).toString());
  await page.setInputFiles(".open-report-file", jsonFile("broken.json", { ...report, modes: undefined }));
  await page.waitForFunction(() => document.querySelector(".report-message")?.textContent !== "");
  expect(await page.textContent(".report-message")).toMatch(/^broken\.json has no figures of modes/);

  report.modes.kv.em = 12.5;
  await page.setInputFiles(".open-report-file", jsonFile("report.json", report));
  await page.waitForFunction(() => document.querySelector(".report-message")?.textContent === "");
  await page.waitForFunction(() => document.querySelector<HTMLElement>(".save-steps")?.hidden);
  const again = await firstTable();
  expect(again).toEqual({ ...table, kv: ["12.5", ...table.kv!.slice(1)] });
});

test("names what is wrong with a file of questions, by its line, before anything runs", async () => {
  await page.setInputFiles("input[name=questions]", jsonFile("bad.json", [{ ...UNSEEN[0], answer: 5 }]));
  await page.click("#evaluation .primary");
  await page.waitForFunction(() => document.querySelector(".report-message")?.textContent !== "");
  expect(await page.textContent(".report-message")).toMatch(/^bad\.json, line 1, .*answer/);
  expect(await page.isVisible("#evaluation .primary")).toBe(true);
});
