/** Importing a corpus on the built page: bad lines are refused by number, nothing that was there is lost. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  ensureBuilt,
  openBuiltPage,
  type Served,
  serveDist,
} from "../../scripts/lib/built-page.ts";
import { ask, waitUntilReady } from "../support/page-driver.ts";

const GOOD = '{"title": "Ostrel Vane", "text": "Ostrel Vane was born in Quillmouth."}';

let served: Served;
let built: BuiltPage;

beforeAll(async () => {
  ensureBuilt();
  served = await serveDist();
});
afterAll(() => served.close());
beforeEach(async () => {
  built = await openBuiltPage({ port: served.port, backend: "wasm" });
  await waitUntilReady(built.page);
});
afterEach(() => built.close());

const importFile = (name: string, text: string) =>
  built.page.setInputFiles("#import-file", { name, mimeType: "text/plain", buffer: Buffer.from(text) });
const figures = () => built.page.textContent(".documents-figures");

describe("importing a corpus", () => {
  it("reads the imported documents, and still knows the file after a reload", async () => {
    const { page } = built;
    await importFile("mine.jsonl", `${GOOD}\n`);
    await page.waitForFunction(
      () => document.querySelector(".documents-figures")?.textContent === "1 document",
    );
    expect(await page.inputValue("#corpus")).toBe("mine.jsonl");
    expect(await page.textContent(".import-report")).toBe("");
    await ask(page, "Where was Ostrel Vane born?");
    expect(await page.textContent(".step-documents summary")).toBe("Reads Ostrel Vane");

    await page.reload();
    await waitUntilReady(page);
    await page.selectOption("#corpus", "mine.jsonl");
    await page.waitForFunction(
      () => document.querySelector(".documents-figures")?.textContent === "1 document",
    );
  });

  it("refuses bad lines by number and reason and uses the others", async () => {
    const { page } = built;
    await importFile("half.jsonl", `${GOOD}\nnot json\n${GOOD}\n{"title": "x"}\n`);
    await page.waitForSelector(".import-report li");
    expect(await page.locator(".import-report li").allTextContents()).toEqual([
      "Line 2 is not JSON: not json",
      'Line 4 has no "text" that is a string',
    ]);
    expect(await page.textContent(".import-report p")).toBe(
      "half.jsonl was imported without 2 lines: 2 documents in use.",
    );
    expect(await figures()).toBe("2 documents");
  });

  it("keeps the corpus in use when a file holds no document", async () => {
    const { page } = built;
    const before = await figures();
    await importFile("bad.jsonl", "nothing\n");
    await page.waitForSelector(".import-report li");
    expect(await page.textContent(".import-report p")).toBe(
      "bad.jsonl holds no document, so the corpus in use stays.",
    );
    expect(await figures()).toBe(before);
    expect(await page.inputValue("#corpus")).toBe("");
  });
});
