import { describe, expect, it } from "vitest";
import { pageTables } from "../../src/app/report/page-tables.ts";
import { publishedOf } from "../../src/app/report/published.ts";
import { csvOf } from "../../src/app/report/report-csv.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const PUBLISHED = publishedOf("2WikiMultiHop");
const tables = (report: EvaluationReport = SAMPLE_REPORT, published = PUBLISHED) =>
  pageTables(report, published);
/** A row as an object by its column, for columns that are named once. */
const row = (title: string, name: string) => {
  const table = tables().find((each) => each.title === title)!;
  const cells = table.rows.find(([first]) => first === name)!;
  return Object.fromEntries(table.head.map((column, i) => [column, cells[i]]));
};

describe("tables of the page", () => {
  it("have the published figures of each mode beside its own, and a dash where the paper has none", () => {
    expect(row("Unseen questions", "kv")).toMatchObject({
      "EM %": "70.0",
      "ceiling EM": "100.0",
      "published EM %": "55.2",
      "published F1 %": "64.7",
      "published steps": "1.84",
    });
    expect(row("Unseen questions", "kv-all (not trained for)")).toMatchObject({
      "EM %": "60.0",
      "ceiling EM": "–",
      "published EM %": "–",
    });
  });

  it("leave out what curves show, and parts that were not asked", () => {
    expect(tables().map(({ title }) => title)).toEqual([
      "Unseen questions",
      "Unseen questions: against none",
      "Unseen questions: where that comes from",
      "Unseen questions: what it costs (reuse saves larger models a larger share of the time)",
      "Exact match, F1 and iterations, seen and unseen",
      "Seen questions, asked again",
      "Seen questions, asked again: what it costs (reuse saves larger models a larger share of the time)",
    ]);
    const { seen: _, ...unseen } = SAMPLE_REPORT;
    expect(tables({ ...unseen, modes: {}, againstNone: {}, gains: {} })).toEqual([]);
  });

  it("state published figures of unseen questions only, and none for a form that the paper did not measure", () => {
    expect(Object.keys(row("Seen questions, asked again", "kv"))).not.toContain("published EM %");
    expect(tables(SAMPLE_REPORT, publishedOf("another"))[0]!.head).not.toContain("published EM %");
  });

  it("have as many cells in every row as columns", () => {
    for (const { head, rows } of tables()) for (const cells of rows) expect(cells).toHaveLength(head.length);
  });
});

describe("the table as CSV", () => {
  const lines = csvOf(SAMPLE_REPORT, PUBLISHED).split("\r\n");

  it("has a row a part and mode, with numbers as they are and empty fields where there are none", () => {
    expect(lines).toHaveLength(1 + 4 + 1);
    expect(lines[2]).toBe(
      '"questions, small.json",2WikiMultiHop,embedded,wasm,unseen,kv,10,70,60,80,75,65,85,1.5,1,2,100,105,1,55.2,64.7,1.84',
    );
    expect(lines[3]).toMatch(/,unseen,kv-all,10,60,50,70,,,,2,1\.5,2\.5,,,,,,$/);
    expect(lines[4]).toMatch(/,seen,kv,10,90,/);
  });

  it("has as many fields in every line", () => {
    const fields = lines.slice(0, -1).map((line) => line.replace(/"[^"]*"/g, "").split(",").length);
    expect(new Set(fields).size).toBe(1);
  });
});
