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
  it("reads the imported documents, and does so after a reload", async () => {
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
    await page.waitForFunction(
      () => document.querySelector(".documents-figures")?.textContent === "1 document",
    );
    expect(await page.inputValue("#corpus")).toBe("mine.jsonl");

    // Forgotten in another tab meanwhile: the sample is read.
    await page.evaluate(() => localStorage.setItem("web-lag-corpus", "theirs.jsonl"));
    await page.reload();
    await waitUntilReady(page);
    await page.evaluate(() => window.webLag.ready);
    expect(await page.inputValue("#corpus")).toBe("");
    expect(await page.textContent(".import-report")).toBe("");
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

  it("makes one corpus of files of several kinds that are dropped together, keeps it, and forgets it", async () => {
    const { page } = built;
    await page.evaluate(
      ([pdf, picture]) => {
        const files = new DataTransfer();
        files.items.add(new File(["# The Lamp\nMade by Ada Mora.\n# Ada Mora\nBorn in Velin."], "film.md"));
        files.items.add(new File(["Velin lies by the sea."], "town.txt"));
        files.items.add(new File([pdf!], "vane.pdf"));
        files.items.add(new File([picture!], "torn.pdf"));
        files.items.add(new File(["x"], "photo.png"));
        const drop = (type: string) =>
          document.body.dispatchEvent(
            new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }),
          );
        drop("dragover");
        drop("drop");
      },
      [pdfOf("Ostrel Vane was born in Quillmouth."), "%PDF-1.4 torn"],
    );
    await page.waitForSelector(".import-report li");
    expect(await page.locator(".import-report li").allTextContents()).toEqual([
      expect.stringMatching(/^torn\.pdf could not be read\. /),
      "photo.png is of a kind that is not read. Give .txt, .md, .jsonl, .ndjson, .pdf.",
    ]);
    expect(await figures()).toBe("4 documents");
    const name = "film.md and 4 other files";
    await page.reload();
    await waitUntilReady(page);
    await page.selectOption("#corpus", name);
    await page.waitForFunction(
      () => document.querySelector(".documents-figures")?.textContent === "4 documents",
    );
    await page.click(".browse summary");
    expect(await page.locator(".browse dt").allTextContents()).toEqual([
      "film, The Lamp",
      "film, Ada Mora",
      "town",
      "vane, page 1",
    ]);
    expect(await page.locator(".browse dd").last().textContent()).toBe("Ostrel Vane was born in Quillmouth.");

    await page.click("#forget-corpus");
    await page.waitForFunction(() => (document.querySelector("#corpus") as HTMLSelectElement).value === "");
    expect(await page.locator("#corpus option").allTextContents()).not.toContain(name);
  });
});

/** A PDF of one page that says `text`. Readers mend its missing table of places. */
function pdfOf(text: string): string {
  const drawing = `BT /F1 12 Tf 10 50 Td (${text}) Tj ET`;
  return [
    "%PDF-1.4",
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj",
    `4 0 obj<</Length ${drawing.length}>>stream\n${drawing}\nendstream endobj`,
    "5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj",
    "trailer<</Root 1 0 R>>",
    "%%EOF",
  ].join("\n");
}
