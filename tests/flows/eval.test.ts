/** `npm run eval` as a person runs it: the built page, two small files, a second run that asks nothing again. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answered, AnsweredStep } from "../../src/evaluation/answered.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { MODES } from "../../src/terms/log.ts";

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

let folder: string;
let seen: string;
let unseen: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-eval-flow-"));
  seen = join(folder, "seen.json");
  unseen = join(folder, "unseen.json");
  const first = question("The Salt Road", "Ottoline Varga", "Brimholt");
  writeFileSync(seen, JSON.stringify([first, question("Nine Lanterns", "Pavo Lindqvist", "Ostermark")]));
  writeFileSync(
    unseen,
    JSON.stringify([
      { ...first, question: "What is the place of birth of the director of The Salt Road?" },
      {
        ...first,
        question: "In what town was the director of film The Salt Road born?",
        front: ["Nine Lanterns"],
      },
    ]),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Not `spawnSync`: it would stop the test runner's own messages for as long as the command takes. */
async function runEval(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const command = ["--no-install", "tsx", "scripts/eval.ts", "--seen", seen, "--unseen", unseen, ...args];
  return new Promise((resolve) => {
    execFile("npx", command, { encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

test("prints one JSON object with every mode and the oracle over fused retrieval, and the second run repeats it from its files", async () => {
  const work = join(folder, "work");
  // The perfect reader finds with the page's embedder, opened a second time: another one is refused.
  const args = ["--json", "--oracle", "--retrieval", "fused", "--backend", "wasm", "--work", work];
  const first = await runEval(...args);
  expect(first.status, first.stderr).toBe(0);
  const report = JSON.parse(first.stdout);
  expect(report.setting.retrieval).toMatchObject({ logs: "fused", documents: "fused" });
  expect(report.setting.retrieval.embedder).toMatch(/^[0-9a-f]{64}$/);
  expect(Object.keys(report.modes)).toEqual(MODES);
  for (const summary of Object.values<Record<string, number>>(report.modes)) {
    expect(summary).toMatchObject({ em: expect.any(Number), f1: expect.any(Number), n: 2 });
    expect(summary.steps).toBeGreaterThanOrEqual(1);
    expect(summary.steps).toBeLessThanOrEqual(8);
  }
  expect(report.oracle.none).toMatchObject({ em: 100, f1: 100, steps: 2, n: 2 });
  expect(report.oracle.kv).toMatchObject({ em: 100, f1: 100, steps: 1, n: 2 });
  expect(Object.keys(report.againstNone)).toEqual(MODES.filter((mode) => mode !== "none"));

  const contents = () =>
    readdirSync(work)
      .sort()
      .map((name) => [name, readFileSync(join(work, name), "utf8")]);
  const kept = contents();
  // The seen questions, every mode, and what the bank takes up.
  expect(kept).toHaveLength(1 + MODES.length + 1);
  const second = await runEval(...args);
  expect(JSON.parse(second.stdout)).toEqual(report);
  expect(contents()).toEqual(kept);
});

test("two pages find what one finds, and a question's named logs stand in front of it", async () => {
  const read = async (workers: string) => {
    const work = join(folder, `work ${workers}`);
    const args = ["--modes", "none,kv", "--front", "--workers", workers];
    const { status, stdout, stderr } = await runEval("--json", "--work", work, ...args);
    expect(status, stderr).toBe(0);
    const kv = readdirSync(work).find((name) => name.startsWith("kv-"))!;
    const lines = readFileSync(join(work, kv), "utf8").trim().split("\n").slice(1);
    const solved: { n: number; value: Answered }[] = lines.map((line) => JSON.parse(line));
    const { modes } = JSON.parse(stdout) as EvaluationReport;
    // Times are what two runs need not have in common.
    const answers = solved
      .sort((a, b) => a.n - b.n)
      .map(({ value: { milliseconds: _, steps, ...answer } }) => ({
        ...answer,
        steps: steps.map(({ timings, ...step }) => step),
      }));
    const figures = Object.values(modes).map(({ costs: { firstToken, task, ...costs }, ...figures }) => ({
      ...figures,
      costs,
    }));
    return { figures, answers };
  };
  const inFront = ({ steps }: { steps: Pick<AnsweredStep, "logs">[] }) =>
    steps.map(({ logs }) => logs.map(({ question }) => question));
  const one = await read("1");
  expect(inFront(one.answers[0]!)[0]).toContain("Where was the director of film The Salt Road born?");
  for (const logs of inFront(one.answers[1]!)) {
    expect(logs).toEqual(["Where was the director of film Nine Lanterns born?"]);
  }
  expect(await read("2")).toEqual(one);
});

test("a truncated file is refused by name, before anything is run", async () => {
  const broken = join(folder, "broken.json");
  writeFileSync(broken, readFileSync(seen, "utf8").slice(0, -20));
  const { status, stdout, stderr } = await runEval("--unseen", broken);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain(`${broken}, line 1: this is not whole JSON`);
});
