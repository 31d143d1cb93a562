/** What was found out in every pass → the report: parts, comparisons, gains, ceilings, curves, costs. */
import { describe, expect, test } from "vitest";
import type { Answered } from "../../src/evaluation/answered.ts";
import { buildReport } from "../../src/evaluation/build-report.ts";
import { type Design, type Pass, planOf } from "../../src/evaluation/passes.ts";
import type { Score } from "../../src/evaluation/report.ts";
import { readRetrieval } from "../../src/terms/retrieval.ts";
import { dataOf, designOf, questionOf, stepOf } from "../support/evaluation.ts";

/** An answer after so many steps, each with so many rows in front. */
function answered(answer: string | null, steps: number, rows = 0): Answered {
  const step = stepOf(1, "said", { prefixRows: rows, newTokens: 5 });
  return {
    question: "?",
    gold: "!",
    answer,
    outcome: answer === null ? "unanswered" : "answered",
    steps: Array.from({ length: steps }, () => step),
    rowsRead: rows,
    milliseconds: 100 * steps,
    notices: [],
  };
}

const data = dataOf(
  [questionOf("s")],
  [questionOf("a", { type: "chain" }), questionOf("b", { type: "comparison" })],
);
const identity = {
  model: { name: "m", fingerprint: "f", trainedModes: ["none"] },
  backend: "wasm",
  retrieval: { ...readRetrieval(), embedder: null },
  runtime: "r",
} as const;

/** Mode none: right after 4 steps, then none at all. Mode kv: right after 2 and 2. */
const ANSWERS: Readonly<Record<string, readonly Answered[]>> = {
  none: [answered("a", 4), answered(null, 8)],
  kv: [answered("a", 2, 6), answered("b", 2, 6)],
};
const right = (steps: number): Score => ({ em: 1, f1: 1, steps, solved: true });

function reportOf(design: Design, withOracle = false) {
  const plan = planOf(design, data);
  const answersOf = ({ mode, questions }: Pass) =>
    questions.map(({ answer }) => ANSWERS[mode]![answer === "b" ? 1 : 0]!);
  const resultOf = (pass: Pass) => ({
    answers: answersOf(pass),
    bank: pass.mode === "kv" ? { logs: 1, rows: 10, bytes: 5120 } : null,
  });
  const oracleOf = ({ mode, questions }: Pass) =>
    questions.map(({ answer }) => right(mode === "kv" || answer === "b" ? 1 : 3));
  return buildReport({ design, data, plan, identity, resultOf, ...(withOracle && { oracleOf }) });
}

describe("buildReport", () => {
  const report = reportOf(designOf(["none", "kv"]), true);

  test("what was set", () => {
    expect(report.setting).toMatchObject({
      dataset: "by hand",
      form: "2WikiMultiHop",
      questions: { seen: 1, unseen: 2 },
      model: identity.model,
      backend: "wasm",
      retrieval: { logs: "lexical", embedder: null },
      limits: { maxSteps: 8, logsPerStep: 3 },
    });
    expect(report.documents).toEqual({ source: "made by hand", seen: 1, unseen: 1 });
  });

  test("every mode whole, by type, and as if stopped early", () => {
    expect(report.modes.kv).toMatchObject({ em: 100, f1: 100, steps: 2, n: 2, stepsInterval: [2, 2] });
    expect(report.modes.none!.byType).toMatchObject({
      chain: { em: 100, steps: 4, n: 1 },
      comparison: { em: 0, steps: 8, n: 1 },
    });
    expect(report.modes.none!.iterations.map(({ em }) => em)).toEqual([0, 0, 0, 50, 50, 50, 50, 50]);
    expect(report.modes.kv!.iterations.map(({ em }) => em)).toEqual([0, 100, 100, 100, 100, 100, 100, 100]);
  });

  test("against mode none, and where it comes from", () => {
    expect(Object.keys(report.againstNone!)).toEqual(["kv"]);
    expect(report.againstNone!.kv).toMatchObject({
      em: { difference: 50 },
      steps: { ratio: 0.333 },
      stepsBothRight: { ratio: 0.5, interval: [0.5, 0.5], n: 1 },
    });
    expect(report.gains!.kv!.ends.unsolved.right).toEqual({ questions: 1, stepsSaved: 6 });
    expect(report.gains!.kv!.stepsSaved.mean).toBe(4);
  });

  test("the ceiling of every mode", () => {
    expect(report.oracle).toMatchObject({ none: { em: 100, steps: 2 }, kv: { em: 100, steps: 1 } });
    expect(report.againstOracle!.none).toMatchObject({
      em: { difference: -50 },
      stepsBothRight: { ratio: 1.333, n: 1 },
    });
    // The oracle's 1 over 3 steps of the question that the model answers rightly in both modes, not 2 over 4 of all.
    expect(report.oracleBothRight).toEqual({ kv: { ratio: 0.333, interval: [0.333, 0.333] } });
  });

  test("costs: what a mode read and said", () => {
    expect(report.modes.kv!.costs).toEqual({
      firstToken: { mean: 6, median: 6 },
      task: { mean: 200, median: 200 },
      prefixRows: 6,
      promptTokens: 10,
      newTokens: 10,
      rowsRead: 6,
      bytesRead: 6 * 512,
      bankBytes: 5120,
    });
    expect(report.modes.none!.costs).toMatchObject({
      task: { mean: 600, median: 600 },
      newTokens: 30,
      rowsRead: 0,
      bytesRead: 0,
      bankBytes: null,
    });
  });

  test("what was not asked is not there", () => {
    expect(Object.keys(reportOf(designOf(["kv"])))).toEqual(["setting", "documents", "modes"]);
  });

  test("seen and unseen side by side, curves and the dynamic order behind their names", () => {
    const design = designOf(["none", "kv"], {
      banks: ["static", "dynamic"],
      parts: ["seen", "unseen"],
      bankSizes: [0],
      ks: [1],
      seed: 2,
    });
    const whole = reportOf(design, true);
    expect(whole.seen!.modes.kv).toMatchObject({ n: 1, steps: 2 });
    expect(whole.seen!.oracle!.kv).toMatchObject({ n: 1, steps: 1 });
    expect(whole.bankSizes!.curves.kv!.map(({ x, n, em }) => [x, n, em])).toEqual([
      [0, 2, 100],
      [1, 2, 100],
    ]);
    expect(whole.ks!.curves.kv!.map(({ x }) => x)).toEqual([1, 3]);
    expect(whole.dynamic).toMatchObject({
      questions: 3,
      modes: { none: { n: 3 }, kv: { n: 3 } },
      againstNone: { kv: { steps: { ratio: 0.375 } } }, // 6 / 16
      oracle: { kv: { steps: 1 } },
    });
  });
});
