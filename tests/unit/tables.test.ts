/** What people read: one line a mode, figures under their heads. */
import { expect, test } from "vitest";
import { compare } from "../../src/evaluation/compare.ts";
import { summarise } from "../../src/evaluation/report.ts";
import { comparisonTableOf, tableOf } from "../../src/evaluation/tables.ts";

const scores = [
  { em: 1, f1: 1, steps: 2, solved: true },
  { em: 1, f1: 1, steps: 2, solved: true },
] as const;

test("one line a mode, with intervals, in columns", () => {
  const lines = tableOf([
    ["kv-isolated", summarise(scores)],
    ["kv", summarise([])],
  ]).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(
    /^kv-isolated +100\.0 +\[100\.0, 100\.0\] +100\.0 +\[100\.0, 100\.0\] +2\.00 +\[2\.00, 2\.00\] +2$/,
  );
  expect(lines[2]).toMatch(/^kv +0\.0 +– +0\.0 +– +0\.00 +– +0$/);
  const columns = lines.map((line) => line.length);
  expect(new Set(columns).size).toBe(1);
});

test("where letters are the answers there is no F1", () => {
  const lettered = scores.map((score) => ({ ...score, f1: null }));
  const [, line] = tableOf([["kv", summarise(lettered)]]).split("\n");
  expect(line).toMatch(/^kv +100\.0 +\[100\.0, 100\.0\] +– +– +2\.00 +\[2\.00, 2\.00\] +2$/);
});

test("comparisons name what they are against", () => {
  const slower = scores.map((score) => ({ ...score, em: 0 as const, steps: 3 }));
  const lines = comparisonTableOf("against none", [
    ["kv", compare(slower, scores)],
    ["text-last", compare(scores, slower)],
  ]).split("\n");
  expect(lines[0]).toMatch(/^against none +EM points/);
  expect(lines[1]).toMatch(/^kv +-100\.0 +\[-100\.0, -100\.0\] +1\.50 +\[1\.50, 1\.50\] +– +– +0$/);
  expect(lines[2]).toMatch(/^text-last +\+100\.0 .* 0\.67 /);
});
