/** `npm run eval` on multiple choice, through the built page: reasoning tasks, no documents, scored by letter. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chosenLetter } from "../../src/evaluation/choices.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-eval-choices-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/datasets/${name}`, import.meta.url));

function runEval(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile("npx", ["--no-install", "tsx", "scripts/eval.ts", ...args], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

describe("multiple choice", () => {
  test.each([
    ["gpqa.json", ["--modes", "none,kv", "--seen", fixture("gpqa.json"), "--seen-limit", "1"], ["GPQA"]],
    ["mmlu-pro.json", ["--modes", "none"], ["law", "math"]],
  ])("%s", async (name, more, types) => {
    const work = join(folder, name);
    const limits = ["--max-steps", "2", "--max-new-tokens", "24"];
    const { status, stdout, stderr } = await runEval(
      "--unseen",
      fixture(name),
      ...more,
      ...limits,
      "--work",
      work,
      "--json",
    );
    expect(status, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.documents).toEqual({ source: "none", seen: 0, unseen: 0 });

    const { entries } = readQuestions(readFileSync(fixture(name), "utf8"), name);
    for (const [mode, figures] of Object.entries<Record<string, unknown>>(report.modes)) {
      expect(figures).toMatchObject({ f1: null, f1Interval: null, n: entries.length });
      expect(Object.keys(figures.byType as object)).toEqual(types);
      expect(figures.steps).toBeGreaterThanOrEqual(1);
      expect(figures.steps).toBeLessThanOrEqual(2);

      const file = readdirSync(work).find((each) => each.startsWith(`${mode}-`))!;
      const lines = readFileSync(join(work, file), "utf8").trim().split("\n").slice(1);
      const answers = new Map(lines.map((line) => JSON.parse(line)).map(({ n, value }) => [n, value.answer]));
      const right = entries.filter(({ question: { answer, choices } }, n) => {
        const said: string | null = answers.get(n);
        return said !== null && chosenLetter(said, choices!) === answer;
      });
      expect(answers.size).toBe(entries.length);
      expect(figures.em).toBeCloseTo((100 * right.length) / entries.length, 1);
    }
  });

  test("documents that would never be read are refused before anything starts", async () => {
    const corpus = join(folder, "corpus.jsonl");
    writeFileSync(corpus, '{"title": "A", "text": "a"}\n');
    const { status, stdout, stderr } = await runEval("--unseen", fixture("gpqa.json"), "--corpus", corpus);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`${corpus} would not be read`);
  });
});
