/** The run over questions, with a solver that stands in for the page: what is asked, what is kept, what is reused. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  evaluateMode,
  fillBanks,
  type Reader,
  type Solved,
  type Solver,
  scoresOf,
  solveSeen,
} from "../../scripts/lib/evaluate.ts";
import { LineStore } from "../../scripts/lib/line-store.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { type Summary, summarise } from "../../src/evaluation/report.ts";
import type { Step, Task, TaskResult } from "../../src/runtime/events.ts";
import { readLimits } from "../../src/runtime/limits.ts";
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

const LIMITS = readLimits({});
const QUESTIONS: Question[] = ["one", "two", "three"].map((answer) => ({
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
  milliseconds = 0;

  async ask(task: Task): Promise<TaskResult | null> {
    this.tasks.push(task);
    if (task.question === this.tooLong) return null;
    await new Promise((resolve) => setTimeout(resolve, this.milliseconds));
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

const reading = (...solvers: Solver[]): Reader[] => solvers.map((solver) => ({ solver, logs: new Map() }));
const figures = (questions: readonly Question[], solved: readonly Solved[]): Partial<Summary> => {
  const { em, f1, steps, n } = summarise(scoresOf(questions, solved, LIMITS));
  return { em, f1, steps, n };
};
const store = <T>(name: string) => LineStore.open<T>(join(folder, name), {});

test("a mode's figures: no answer counts eight steps, unknown its own", async () => {
  const solver = new ScriptedSolver();
  const solved = await evaluateMode("kv", QUESTIONS, reading(solver), store<Solved>("kv"), LIMITS);
  expect(figures(QUESTIONS, solved)).toEqual({ em: 33.33, f1: 33.33, steps: 4.33, n: 3 });
  for (const task of solver.tasks) expect(task).toMatchObject({ ...LIMITS, mode: "kv", record: false });
});

test("a run that ended early goes on without asking again", async () => {
  const broken = new ScriptedSolver();
  broken.failAt = "three?";
  await expect(evaluateMode("kv", QUESTIONS, reading(broken), store<Solved>("kv"), LIMITS)).rejects.toThrow(
    "the page is gone",
  );
  const solver = new ScriptedSolver();
  const solved = await evaluateMode("kv", QUESTIONS, reading(solver), store<Solved>("kv"), LIMITS);
  expect(solver.tasks.map((task) => task.question)).toEqual(["three?"]);
  expect(figures(QUESTIONS, solved)).toEqual({ em: 33.33, f1: 33.33, steps: 4.33, n: 3 });
});

test("seen questions are solved once in mode none and remembered in order, right or wrong", async () => {
  const solver = new ScriptedSolver();
  const traces = await solveSeen(QUESTIONS, [solver], store<Trace>("seen"), LIMITS);
  expect(await solveSeen(QUESTIONS, [solver], store<Trace>("seen"), LIMITS)).toEqual(traces);
  expect(solver.tasks).toHaveLength(3);
  for (const task of solver.tasks) expect(task).toMatchObject({ ...LIMITS, mode: "none", record: false });

  await fillBanks(QUESTIONS, traces, ["none", "kv-all"], [solver]);
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
  const solved = await evaluateMode("kv", QUESTIONS, reading(solver), store<Solved>("kv"), LIMITS);
  expect(figures(QUESTIONS, solved)).toEqual({ em: 0, f1: 0, steps: 6.33, n: 3 });

  const traces = await solveSeen(QUESTIONS, [solver], store<Trace>("seen"), LIMITS);
  expect(traces[0]).toMatchObject({ question: "one?", responses: [], answer: null, outcome: "unanswered" });
  await fillBanks(QUESTIONS, traces, ["kv"], [solver]);
  expect(solver.remembered).toEqual(traces.slice(1));
});

test("a longer run reuses what a shorter one solved", async () => {
  await evaluateMode(
    "none",
    QUESTIONS.slice(0, 2),
    reading(new ScriptedSolver()),
    store<Solved>("none"),
    LIMITS,
  );
  const solver = new ScriptedSolver();
  expect(await evaluateMode("none", QUESTIONS, reading(solver), store<Solved>("none"), LIMITS)).toHaveLength(
    3,
  );
  expect(solver.tasks).toHaveLength(1);
});

test("several solvers share the questions and find what one finds, in the same order", async () => {
  const many = Array.from({ length: 12 }, (_, n) => ({ ...QUESTIONS[n % 3]!, question: `${n} three?` }));
  const one = await evaluateMode("kv", many, reading(new ScriptedSolver()), store<Solved>("one"), LIMITS);
  const solvers = [new ScriptedSolver(), new ScriptedSolver(), new ScriptedSolver()];
  // The first is slow: whoever is free takes the next question.
  solvers[0]!.milliseconds = 30;
  expect(await evaluateMode("kv", many, reading(...solvers), store<Solved>("several"), LIMITS)).toEqual(one);
  const asked = solvers.map(({ tasks }) => tasks.length);
  expect(asked.reduce((sum, count) => sum + count)).toBe(12);
  expect(asked[0]).toBeLessThan(asked[1]!);
  expect(asked[2]).toBeGreaterThan(1);

  const traces = await solveSeen(many, solvers, store<Trace>("seen"), LIMITS);
  expect(traces.map(({ question }) => question)).toEqual(many.map(({ question }) => question));
  await fillBanks(many, traces, ["kv"], solvers);
  for (const solver of solvers) expect(solver.remembered).toEqual(traces);
});

test("one solver that fails ends the others, and what they finished is kept", async () => {
  const [broken, sound] = [new ScriptedSolver(), new ScriptedSolver()];
  broken.failAt = "one?";
  sound.milliseconds = 20;
  const readers = reading(broken, sound);
  await expect(evaluateMode("kv", QUESTIONS, readers, store<Solved>("kv"), LIMITS)).rejects.toThrow(
    "is gone",
  );
  expect(sound.tasks.map(({ question }) => question)).toEqual(["two?"]);
  expect(store<Solved>("kv").get(1)).toMatchObject({ question: "two?" });
});

test("a question's logs are named by the ids of the seen questions that left them, in each solver's own bank", async () => {
  const seen = QUESTIONS.map((question) => ({ ...question, id: `seen-${question.answer}` }));
  const solvers = [new ScriptedSolver(), new ScriptedSolver()];
  const traces = await solveSeen(seen, solvers, store<Trace>("seen"), LIMITS);
  solvers[1]!.remembered.push(traces[0]!); // so that its ids are others
  const readers = await fillBanks(seen, traces, ["kv"], solvers);
  expect(readers.map(({ logs }) => logs.get("seen-three"))).toEqual(["3", "4"]);

  const asked = [{ ...QUESTIONS[0]!, front: ["seen-three", "seen-one"] }, QUESTIONS[1]!];
  for (const [place, logs] of [
    ["3", "1"],
    ["4", "2"],
  ].entries()) {
    const { tasks } = solvers[place]!;
    tasks.length = 0;
    await evaluateMode("kv", asked, [readers[place]!], store<Solved>(`kv ${place}`), LIMITS);
    expect(tasks.map((task) => task.logs)).toEqual([logs, undefined]);
    await evaluateMode("none", asked, [readers[place]!], store<Solved>(`none ${place}`), LIMITS);
    expect(tasks.slice(2).map((task) => task.logs)).toEqual([undefined, undefined]);
    tasks.length = 0;
  }
  await evaluateMode("kv", [asked[0]!, asked[0]!], readers, store<Solved>("both"), LIMITS);
  expect(solvers.map(({ tasks }) => tasks.map((task) => task.logs))).toEqual([[["3", "1"]], [["4", "2"]]]);
});

test("a seen question that left no log is named before anything is asked", async () => {
  const solver = new ScriptedSolver();
  solver.tooLong = "two?";
  const seen = QUESTIONS.map((question) => ({ ...question, id: question.answer }));
  const traces = await solveSeen(seen, [solver], store<Trace>("seen"), LIMITS);
  const readers = await fillBanks(seen, traces, ["kv"], [solver]);
  solver.tasks.length = 0;
  const asked = [QUESTIONS[0]!, { ...QUESTIONS[1]!, front: ["two"] }];
  const run = evaluateMode("kv", asked, readers, store<Solved>("kv"), LIMITS);
  await expect(run).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining('"two" left no log'),
  });
  expect(solver.tasks).toEqual([]);
});

test("of several right answers the best counts", () => {
  const question = { ...QUESTIONS[0]!, answer: "Mumbai", aliases: ["Bombay City", "Bombay"] };
  const [score] = scoresOf([question], [{ answer: "the Bombay", outcome: "answered", steps: 2 }], LIMITS);
  expect(score).toEqual({ em: 1, f1: 1, steps: 2, solved: true });
});
