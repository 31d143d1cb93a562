import { describe, expect, it } from "vitest";
import { publishedOf } from "../../src/app/report/published.ts";
import { csvOf } from "../../src/app/report/report-csv.ts";
import { tablesOf } from "../../src/app/report/report-tables.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const PUBLISHED = publishedOf("2WikiMultiHop");
const tables = (report: EvaluationReport = SAMPLE_REPORT, published = PUBLISHED) =>
  tablesOf(report, published);
/** A row as an object by its column, for columns that are named once. */
const row = (title: string, name: string) => {
  const table = tables().find((each) => each.title === title)!;
  const cells = table.rows.find(([first]) => first === name)!;
  return Object.fromEntries(table.head.map((column, i) => [column, cells[i]]));
};

describe("tables of a report", () => {
  it("state each mode's figures with intervals, the ceiling and the published figures beside them", () => {
    expect(tables()[0]!.rows[1]).toEqual([
      ...["kv", "70.0", "60.0 to 80.0", "75.0", "65.0 to 85.0", "1.50", "1.00 to 2.00", "10"],
      ...["100.0", "1.00", "55.2", "64.7", "1.84"],
    ]);
  });

  it("leave a dash where there is no figure, and say for which modes the model was not trained", () => {
    expect(row("Unseen questions", "kv-all (not trained for)")).toMatchObject({
      "F1 %": "–",
      "Ceiling EM %": "–",
      "Published EM %": "–",
    });
  });

  it("say where differences to mode none come from", () => {
    expect(row("Unseen questions: against mode none", "kv")).toMatchObject({
      "EM points": "+20.0",
      "Steps ×": "0.60",
      "Both right: steps ×": "–",
    });
    expect(row("Unseen questions: questions that end otherwise than in mode none", "kv")).toMatchObject({
      "wrong → right": "2",
      "right → unsolved": "1",
      "Steps saved": "+1.00",
    });
  });

  it("have the seen questions of their own, without published figures, which are of unseen ones", () => {
    expect(tables().map(({ title }) => title)).toEqual([
      "Unseen questions",
      "Unseen questions: against mode none",
      "Unseen questions: questions that end otherwise than in mode none",
      "Unseen questions: what it costs",
      "Seen questions, asked again",
      "Seen questions, asked again: what it costs",
    ]);
    expect(Object.keys(row("Seen questions, asked again", "kv"))).not.toContain("Published EM %");
  });

  it("have no published columns for a form that the paper did not measure", () => {
    expect(tables(SAMPLE_REPORT, publishedOf("another"))[0]!.head).not.toContain("Published EM %");
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
