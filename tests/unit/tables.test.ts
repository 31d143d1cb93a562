/** What people read of a report: the paper's form, differences, gains, curves, costs; as text and as Markdown. */
import { beforeAll, describe, expect, test } from "vitest";
import { headOf } from "../../scripts/lib/eval-report.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { tablesOf } from "../../src/evaluation/report-tables.ts";
import { runEvaluation } from "../../src/evaluation/run-evaluation.ts";
import { asMarkdown, asText, type Table } from "../../src/evaluation/table.ts";
import type { Mode } from "../../src/terms/log.ts";
import { dataOf, designOf, MemoryStore, questionOf, ScriptedSolver } from "../support/evaluation.ts";

/** Mode none answers four of six after two steps, kv the same after one. */
const QUESTIONS = [
  ...["a", "b", "c", "d", "nothing"].map((text) => questionOf(text)),
  questionOf("unknown", { answer: "e" }),
];

async function reportOf(modes: readonly Mode[], more: Parameters<typeof designOf>[1] = {}) {
  const data = dataOf([questionOf("s")], QUESTIONS);
  const solvers = [new ScriptedSolver()];
  return runEvaluation({ design: designOf(modes, more), data, solvers, store: new MemoryStore() });
}

let whole: EvaluationReport;
let tables: Map<string, Table>;
beforeAll(async () => {
  whole = await reportOf(["none", "kv"], {
    banks: ["static", "dynamic"],
    parts: ["seen", "unseen"],
    bankSizes: [0],
    ks: [1],
  });
  tables = new Map(tablesOf(whole).map((table) => [table.title, table]));
});
const rowsOf = (title: string) => tables.get(title)!.rows;

describe("tablesOf", () => {
  test("every table, in the order in which they are read", () => {
    expect([...tables.keys()].map((title) => title.split(":")[0])).toEqual([
      "Exact match, F1 and iterations, seen and unseen",
      ...Array<string>(5).fill("Unseen questions"),
      ...Array<string>(5).fill("Seen questions, asked again"),
      "Over logs in the bank, drawn by seed 1",
      "Over logs a step",
      ...Array<string>(6).fill("Growing bank, order of seed 1"),
    ]);
  });

  test("the paper's form has seen and unseen side by side", () => {
    const { head, rows } = tables.get("Exact match, F1 and iterations, seen and unseen")!;
    expect(head).toEqual([
      "mode",
      ...["seen EM", "seen F1", "seen iterations"],
      ...["unseen EM", "unseen F1", "unseen iterations"],
    ]);
    // unseen: 4 × 2 + 3 + 8 = 19 and 4 × 1 + 3 + 8 = 15 steps of 6
    expect(rows).toEqual([
      ["none", "100.0", "100.0", "2.00", "66.7", "66.7", "3.17"],
      ["kv", "100.0", "100.0", "1.00", "66.7", "66.7", "2.50"],
    ]);
  });

  test("figures with intervals, differences to none with theirs", () => {
    const [, kv] = rowsOf("Unseen questions");
    expect([kv![0], kv![1], kv![5], kv![7]]).toEqual(["kv", "66.7", "2.50", "6"]);
    expect(kv![2]).toMatch(/^\[\d+\.\d, \d+\.\d\]$/);
    expect(rowsOf("Unseen questions: against none")).toEqual([
      ["kv", "0.0", "[0.0, 0.0]", "0.79", expect.stringMatching(/^\[0\.\d\d, /), "0.50", "[0.50, 0.50]", "4"],
    ]);
  });

  test("beside the ratio where both are right stands the perfect reader's on the same questions", () => {
    const { head } = tables.get("Unseen questions: against none")!;
    expect(head.at(-1)).toBe("n");
    const ratio = { ratio: 0.75, interval: null };
    const withCeiling = tablesOf({ ...whole, oracleBothRight: { kv: ratio } });
    const table = withCeiling.find(({ title }) => title === "Unseen questions: against none")!;
    expect(table.head).toEqual([...head, "its ceiling ×"]);
    expect(table.rows[0]!.slice(-2)).toEqual(["4", "0.75"]);
  });

  test("each type of question by itself, where there are several", async () => {
    const title = "Unseen questions: by type: EM % [95%] / steps";
    expect(tables.has(title)).toBe(false);
    const data = dataOf(
      [questionOf("s")],
      [
        questionOf("a"),
        questionOf("b"),
        questionOf("unknown", { answer: "e", type: "comparison", group: "near name" }),
      ],
    );
    const solvers = [new ScriptedSolver()];
    const design = designOf(["none", "kv"]);
    const report = await runEvaluation({ design, data, solvers, store: new MemoryStore() });
    const { head, rows } = tablesOf(report).find((table) => table.title === title)!;
    expect(head).toEqual(["mode", "chain (2)", "near name (1)"]);
    expect(rows.map(([mode, chain, comparison]) => [mode, chain, comparison?.split(" / ")[0]])).toEqual([
      ["none", "100.0 [100.0, 100.0] / 2.00", "0.0 [0.0, 0.0]"],
      ["kv", "100.0 [100.0, 100.0] / 1.00", "0.0 [0.0, 0.0]"],
    ]);
  });

  test("where it comes from", () => {
    expect(rowsOf("Unseen questions: where that comes from")).toEqual([
      ["kv", "0", "0", "0", "0", "0", "0", "+0.67", expect.any(String), "+4 in 4"],
    ]);
  });

  test("curves and the order", () => {
    const iterations = rowsOf("Unseen questions: exact match if stopped after so many steps");
    expect(iterations.map((row) => row.slice(0, 4))).toEqual([
      ["none", "0.0", "66.7", "66.7"],
      ["kv", "66.7", "66.7", "66.7"],
    ]);
    expect(rowsOf("Over logs in the bank, drawn by seed 1: EM % / steps")).toEqual([
      ["kv", "66.7 / 2.50", "66.7 / 2.50"],
    ]);
    expect(tables.get("Over logs a step: EM % / steps")!.head).toEqual(["mode", "1", "3"]);
    const order = tables.get(
      "Growing bank, order of seed 1: EM % / steps over the last 5 of so many questions",
    )!;
    expect(order.head).toEqual(["mode", "5", "7"]);
  });

  test("the ceiling stands beside every mode where there is one, and a letter has no F1", () => {
    const mode = { ...whole.modes.kv!, f1: null, f1Interval: null };
    const [figures] = tablesOf({
      setting: whole.setting,
      documents: whole.documents,
      modes: { kv: mode },
      oracle: { kv: { ...mode, em: 100, steps: 1.25 } },
    });
    expect(figures!.head.slice(-2)).toEqual(["ceiling EM", "ceiling steps"]);
    expect(figures!.rows[0]!.slice(3, 5)).toEqual(["–", "–"]);
    expect(figures!.rows[0]!.slice(-2)).toEqual(["100.0", "1.25"]);
  });

  test("a mode that the model was not trained for says so; where nothing is known, none does", () => {
    const names = (trainedModes: readonly Mode[] | null) => {
      const model = { ...whole.setting.model, trainedModes };
      const [figures] = tablesOf({ ...whole, setting: { ...whole.setting, model } });
      return figures!.rows.map(([name]) => name);
    };
    expect(names(["none"])).toEqual(["none", "kv (not trained for)"]);
    expect(names(null)).toEqual(["none", "kv"]);
  });

  test("one part alone needs no table of two", async () => {
    const report = await reportOf(["none"]);
    expect(tablesOf(report).map(({ title }) => title)).toEqual([
      "Unseen questions",
      "Unseen questions: exact match if stopped after so many steps",
      "Unseen questions: what it costs (reuse saves larger models a larger share of the time)",
    ]);
  });
});

describe("a table", () => {
  const table = {
    title: "T",
    head: ["mode", "n"],
    rows: [
      ["none", "100"],
      ["a|b", "7"],
    ],
  };

  test("as text: the first column to the left, the others to the right", () => {
    expect(asText(table)).toBe("T\nmode    n\nnone  100\na|b     7");
  });

  test("as Markdown", () => {
    expect(asMarkdown(table)).toBe("| mode | n |\n|---|---:|\n| none | 100 |\n| a\\|b | 7 |");
  });
});

test("what the figures depend on stands above them", () => {
  const { setting, documents } = whole;
  expect(headOf(whole).split("\n")).toEqual([
    "by hand (2WikiMultiHop): 1 seen, 6 unseen",
    "Documents: 1, made by hand",
    "Model: m (f) on wasm",
    "Limits: 8 steps; 3 logs and 2 documents a step",
  ]);
  const other = {
    ...setting,
    split: { unseenShare: 0.3, seed: 7 },
    layout: { placement: "sink-first", recording: "live" },
    again: true,
    limits: { ...setting.limits, minSimilarity: 0.4, minRelativeSimilarity: 0.7 },
  } as const;
  const overlapping = headOf({ ...whole, setting: { ...setting, alsoSeen: 2 } }).split("\n");
  expect(overlapping[1]).toBe(
    "Of the unseen questions 2 are among the seen ones too: their own logs are in the bank",
  );
  const lines = headOf({ setting: other, documents, modes: {} }).split("\n");
  expect(lines[0]).toContain(", split 0.3 by seed 7");
  expect(lines.slice(3)).toEqual([
    "Limits: 8 steps; 3 logs and 2 documents a step; logs of a similarity of at least 0.4; logs of at least 0.7 of the most similar one's similarity",
    "Placement: sink-first",
    "Recording: live",
    "Asked in other words",
  ]);
  // Logs that questions name come whatever the floors say.
  const named = { ...other, front: true } as const;
  const front = headOf({ setting: named, documents, modes: {} }).split("\n");
  expect(front[3]).toBe("Limits: 8 steps; 3 logs and 2 documents a step");
  expect(front.at(-1)).toBe("Logs as the questions name them");
});
