/** The run over questions, with a solver that stands in for the page: what is asked, what is kept, what is reused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { evaluateMode, fillBank, type Solved, type Solver, solveSeen } from "../../scripts/lib/evaluate.ts";
import { LineStore } from "../../scripts/lib/line-store.ts";
import type { TwoWikiQuestion } from "../../src/evaluation/two-wiki.ts";
import type { Step, Task, TaskResult } from "../../src/runtime/events.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-eval-"));
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const QUESTIONS: TwoWikiQuestion[] = ["one", "two", "three"].map((answer) => ({
  question: `${answer}?`,
  answer,
  type: "compositional",
  again: undefined,
  facts: [{ title: "T", subject: "T", relation: "father", value: answer }],
}));

/** Answers "two?" with unknown after 3 steps, "three?" with nothing after 8, others rightly after 2. */
class ScriptedSolver implements Solver {
  readonly tasks: Task[] = [];
  readonly remembered: Trace[] = [];
  rememberedFor: readonly Mode[] = [];
  deletions = 0;
  failAt = "";
  tooLong = "";

  async ask(task: Task): Promise<TaskResult | null> {
    this.tasks.push(task);
    if (task.question === this.tooLong) return null;
    if (task.question === this.failAt) throw new Error("the page is gone");
    const word = task.question.slice(0, -1);
    const [answer, outcome, steps] =
      word === "two"
        ? (["unknown", "unknown", 3] as const)
        : word === "three"
          ? ([null, "unanswered", 8] as const)
          : ([word, "answered", 2] as const);
    return {
      question: task.question,
      answer,
      outcome,
      mode: task.mode ?? "kv",
      steps: Array.from({ length: steps }, () => ({ documents: ["T", "U"] }) as unknown as Step),
      responses: [`response to ${task.question}`],
      logs: [{ id: "1", question: "a log", similarity: 1, rows: 3 }],
    } as unknown as TaskResult;
  }

  async remember(trace: Trace, modes: readonly Mode[]): Promise<string> {
    this.remembered.push(trace);
    this.rememberedFor = modes;
    return String(this.remembered.length);
  }

  async deleteAllLogs(): Promise<void> {
    this.deletions += 1;
  }
}

const store = <T>(name: string) => LineStore.open<T>(join(folder, name), {});

test("a mode's figures: no answer counts eight steps, unknown its own", async () => {
  const solver = new ScriptedSolver();
  const summary = await evaluateMode("kv", QUESTIONS, solver, store<Solved>("kv"));
  expect(summary).toEqual({ em: 33.33, f1: 33.33, steps: 4.33, n: 3 });
  for (const task of solver.tasks) expect(task).toMatchObject({ mode: "kv", record: false });
});

test("a run that ended early goes on without asking again", async () => {
  const broken = new ScriptedSolver();
  broken.failAt = "three?";
  await expect(evaluateMode("kv", QUESTIONS, broken, store<Solved>("kv"))).rejects.toThrow(
    "the page is gone",
  );
  const solver = new ScriptedSolver();
  const summary = await evaluateMode("kv", QUESTIONS, solver, store<Solved>("kv"));
  expect(solver.tasks.map((task) => task.question)).toEqual(["three?"]);
  expect(summary).toEqual({ em: 33.33, f1: 33.33, steps: 4.33, n: 3 });
});

test("seen questions are solved once in mode none and remembered in order, right or wrong", async () => {
  const solver = new ScriptedSolver();
  const traces = await solveSeen(QUESTIONS, solver, store<Trace>("seen"));
  expect(await solveSeen(QUESTIONS, solver, store<Trace>("seen"))).toEqual(traces);
  expect(solver.tasks).toHaveLength(3);
  for (const task of solver.tasks) expect(task).toMatchObject({ mode: "none", record: false });

  await fillBank(traces, ["none", "kv-all"], solver);
  expect(solver.rememberedFor).toEqual(["none", "kv-all"]);
  expect(solver.deletions).toBe(1);
  expect(solver.remembered).toEqual(traces);
  expect(traces[1]).toEqual({
    question: "two?",
    responses: ["response to two?"],
    answer: "unknown",
    outcome: "unknown",
    mode: "none",
    usedLogs: [],
    usedDocuments: ["T", "U"],
  });
});

test("a question that can never be answered counts as eight steps without an answer, and the run goes on", async () => {
  const solver = new ScriptedSolver();
  solver.tooLong = "one?";
  const summary = await evaluateMode("kv", QUESTIONS, solver, store<Solved>("kv"));
  expect(summary).toEqual({ em: 0, f1: 0, steps: 6.33, n: 3 });

  const traces = await solveSeen(QUESTIONS, solver, store<Trace>("seen"));
  expect(traces[0]).toMatchObject({ question: "one?", responses: [], answer: null, outcome: "unanswered" });
  await fillBank(traces, ["kv"], solver);
  expect(solver.remembered).toEqual(traces.slice(1));
});

test("a longer run reuses what a shorter one solved", async () => {
  await evaluateMode("none", QUESTIONS.slice(0, 2), new ScriptedSolver(), store<Solved>("none"));
  const solver = new ScriptedSolver();
  expect((await evaluateMode("none", QUESTIONS, solver, store<Solved>("none"))).n).toBe(3);
  expect(solver.tasks).toHaveLength(1);
});
