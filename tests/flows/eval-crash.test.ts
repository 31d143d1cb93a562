/** A browser that is killed in the middle of `npm run eval`: the same command goes on, and ends with the same table. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-eval-crash-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SET = "tests/fixtures/generated/chains";
const ARGS = [
  ...["--seen", `${SET}/seen.json`, "--unseen", `${SET}/unseen.json`, "--corpus", `${SET}/corpus.jsonl`],
  ...["--modes", "none,kv", "--seen-limit", "2", "--limit", "3", "--oracle", "--json"],
];

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(work: string): { readonly process: ChildProcess; readonly ended: Promise<Ended> } {
  const args = ["--import", "tsx", "scripts/eval.ts", ...ARGS, "--work", work];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Finished questions of a mode, as they stand in its file. */
function linesOf(work: string, mode: string): string[] {
  const name = existsSync(work) && readdirSync(work).find((file) => file.startsWith(`${mode}-`));
  return name ? readFileSync(join(work, name), "utf8").split("\n").slice(1, -1) : [];
}

/** The browser that a process started: its main process, whose end is the end of all its pages. */
function browserOf({ pid }: ChildProcess): number {
  const processes = execFileSync("ps", ["-axo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const [found] = processes.filter(
    ([, parent, ...args]) => Number(parent) === pid && args.join(" ").includes("--headless"),
  );
  return Number(found![0]);
}

/** Without the times, which two runs need not have in common. */
function table({ stdout }: Ended): unknown {
  const { modes, ...report } = JSON.parse(stdout) as EvaluationReport;
  const figures = Object.entries(modes).map(
    ([
      mode,
      {
        costs: { firstToken, task, ...costs },
        ...figures
      },
    ]) => ({
      mode,
      ...figures,
      costs,
    }),
  );
  return { ...report, figures };
}

test("the same command goes on where the browser was killed, and ends with the same table", async () => {
  const work = join(folder, "killed");
  const broken = start(work);
  const isOver = broken.ended.then(() => true);
  // In the middle of the last mode: its bank is filled, and one of its questions is answered.
  while (linesOf(work, "kv").length === 0) {
    if (await Promise.race([isOver, new Promise((resolve) => setTimeout(resolve, 50))])) break;
  }
  process.kill(browserOf(broken.process), "SIGKILL");
  const { status, stdout, stderr } = await broken.ended;
  expect(status, stderr).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("the same command goes on where this one stopped");
  const kept = ["none", "kv"].map((mode) => linesOf(work, mode));
  expect(kept[1]!.length).toBeLessThan(3);

  const resumed = await start(work).ended;
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(resumed.stderr).toMatch(/[12] of 8 tasks to ask; the others are there/);
  for (const [i, mode] of ["none", "kv"].entries()) {
    expect(linesOf(work, mode).slice(0, kept[i]!.length)).toEqual(kept[i]);
  }
  const whole = await start(join(folder, "whole")).ended;
  expect(whole.status, whole.stderr).toBe(0);
  expect(table(resumed)).toEqual(table(whole));
});
