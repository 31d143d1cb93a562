/** The report of an evaluation: each mode whole and by type, against mode none, against the perfect reader. */
import { expect, test } from "vitest";
import { reportOf, tablesOf } from "../../scripts/lib/eval-report.ts";
import type { Question } from "../../src/evaluation/question.ts";
import type { Score } from "../../src/evaluation/report.ts";

const score = (em: 0 | 1, steps: number): Score => ({ em, f1: em, steps, solved: em === 1 });
const asked = (type: string): Question => ({ question: "?", answer: "!", type, facts: [], again: undefined });
const data = {
  unseen: [asked("chain"), asked("comparison")],
  corpora: { seen: [], unseen: [{ title: "A", text: "a" }] },
  source: "rendered from decompositions",
} as const;
const scores = { none: [score(1, 4), score(0, 8)], kv: [score(1, 2), score(1, 2)] };
const oracle = { none: [score(1, 2), score(1, 1)], kv: [score(1, 1), score(1, 1)] };

test("one object with every figure", () => {
  const report = JSON.parse(JSON.stringify(reportOf(data, scores, oracle)));
  expect(Object.keys(report)).toEqual(["documents", "modes", "againstNone", "oracle", "againstOracle"]);
  expect(report.documents).toEqual({ source: "rendered from decompositions", seen: 0, unseen: 1 });
  expect(report.modes.kv).toMatchObject({ em: 100, f1: 100, steps: 2, n: 2, stepsInterval: [2, 2] });
  expect(report.modes.none.byType).toMatchObject({
    chain: { em: 100, steps: 4, n: 1 },
    comparison: { em: 0, steps: 8, n: 1 },
  });
  expect(Object.keys(report.againstNone)).toEqual(["kv"]);
  expect(report.againstNone.kv).toMatchObject({
    em: { difference: 50 },
    steps: { ratio: 0.333 },
    stepsBothRight: { ratio: 0.5, interval: [0.5, 0.5], n: 1 },
  });
  expect(report.againstOracle.none).toMatchObject({
    em: { difference: -50 },
    stepsBothRight: { ratio: 2, n: 1 },
  });
  expect(report.againstOracle.kv.stepsBothRight).toMatchObject({ ratio: 2, n: 2 });
});

test("what was not asked is not there", () => {
  expect(Object.keys(reportOf(data, { kv: scores.kv }, undefined))).toEqual(["documents", "modes"]);
});

test("people read what documents were made of, and every mode under each head", () => {
  const text = tablesOf(reportOf(data, scores, oracle));
  const [documents, figures, none, reader] = text.split("\n\n");
  expect(documents).toBe("Documents: 1, rendered from decompositions");
  expect(figures!.split("\n").map((line) => line.split("  ")[0])).toEqual([
    "mode",
    "none",
    "kv",
    "perfect reader, none",
    "perfect reader, kv",
  ]);
  expect(none!.split("\n")).toHaveLength(2);
  expect(reader).toMatch(/^against the perfect reader .*\nnone .*\nkv /);
});
