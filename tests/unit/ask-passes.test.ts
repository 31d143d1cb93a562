/** What is asked of a plan, what is kept, what is reused; with a solver that stands in for the page. */
import { describe, expect, test } from "vitest";
import { askPasses, type Progress, type TaskCount } from "../../src/evaluation/ask-passes.ts";
import { type Design, passesOf, planOf } from "../../src/evaluation/passes.ts";
import type { Solver, Store } from "../../src/evaluation/solver.ts";
import { dataOf, designOf, MemoryStore, questionOf, ScriptedSolver } from "../support/evaluation.ts";

const QUESTIONS = ["one", "unknown", "nothing"].map((text) => questionOf(text));

interface Asked {
  readonly data?: ReturnType<typeof dataOf>;
  readonly store?: Store;
  readonly solvers?: readonly Solver[];
  readonly onCount?: (count: TaskCount) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

async function ask(design: Design, { data = dataOf([], QUESTIONS), ...more }: Asked = {}) {
  const plan = planOf(design, data);
  const asking = { data, plan, store: new MemoryStore(), solvers: [new ScriptedSolver()], ...more };
  const resultOf = await askPasses(asking);
  return { plan, resultOf, answers: (plan.parts.unseen ?? []).map((pass) => resultOf(pass).answers) };
}

const none = designOf(["none"]);
const SEEN = QUESTIONS.map((question) => ({ ...question, id: `seen-${question.answer}` }));

describe("an answer as it is kept", () => {
  test("every step, its logs by their questions, and what the task took", async () => {
    const solver = new ScriptedSolver();
    const data = dataOf(SEEN, [questionOf("u")]);
    const { answers } = await ask(designOf(["kv"]), { data, solvers: [solver] });
    expect(answers[0]![0]).toEqual({
      question: "u?",
      gold: "u",
      answer: "u",
      outcome: "answered",
      steps: [
        expect.objectContaining({
          number: 1,
          response: "response 1 to u?",
          promptTokens: 10,
          newTokens: 4,
          logs: [
            { question: "unknown?", similarity: 1, rows: 3 },
            { question: "nothing?", similarity: 1, rows: 3 },
          ],
          timings: expect.objectContaining({ firstToken: 3 }),
        }),
      ],
      rowsRead: 6,
      milliseconds: 42,
      notices: [],
    });
  });

  test("a question that can never be answered is kept as such, leaves no log, and the run goes on", async () => {
    const solver = new ScriptedSolver();
    solver.tooLong = "one?";
    const data = dataOf(SEEN, QUESTIONS);
    const { answers } = await ask(designOf(["kv"]), { data, solvers: [solver] });
    expect(answers[0]![0]).toMatchObject({ answer: null, outcome: "unanswered", steps: [] });
    expect(answers[0]).toHaveLength(3);
    expect(solver.remembered.map(({ question }) => question)).toEqual(["unknown?", "nothing?"]);
  });
});

test("what a model without rows answers by text is not counted as a mode of rows", async () => {
  const solver = new ScriptedSolver();
  const answer = solver.ask.bind(solver);
  const instead = { code: "text-instead", text: "Logs stand in front as text." };
  solver.ask = async (task) => {
    const result = await answer(task);
    return result && { ...result, notices: [instead] };
  };
  const asked = ask(designOf(["kv"]), { data: dataOf(SEEN, QUESTIONS), solvers: [solver] });
  await expect(asked).rejects.toThrow(/Logs stand in front as text\. Leave mode \w+ out of the evaluation/);
});

describe("a run that ended early", () => {
  test("goes on without asking again", async () => {
    const store = new MemoryStore();
    const broken = new ScriptedSolver();
    broken.failAt = "nothing?";
    await expect(ask(none, { store, solvers: [broken] })).rejects.toThrow("the page is gone");
    const solver = new ScriptedSolver();
    const { answers } = await ask(none, { store, solvers: [solver] });
    expect(solver.tasks.map(({ question }) => question)).toEqual(["nothing?"]);
    expect(answers[0]!.map(({ steps }) => steps.length)).toEqual([2, 3, 8]);
  });

  test("a longer run reuses what a shorter one answered", async () => {
    const store = new MemoryStore();
    await ask(none, { store, data: dataOf([], QUESTIONS.slice(0, 2)) });
    const solver = new ScriptedSolver();
    const { answers } = await ask(none, { store, solvers: [solver] });
    expect(answers[0]).toHaveLength(3);
    expect(solver.tasks).toHaveLength(1);
  });

  test("one that was aborted keeps what was finished", async () => {
    const store = new MemoryStore();
    const controller = new AbortController();
    const onProgress = ({ done }: Progress) => {
      if (done === 2) controller.abort();
    };
    const aborted = ask(none, { store, onProgress, signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    const solver = new ScriptedSolver();
    await ask(none, { store, solvers: [solver] });
    expect(solver.tasks.map(({ question }) => question)).toEqual(["nothing?"]);
  });
});

describe("several solvers", () => {
  const many = Array.from({ length: 12 }, (_, n) => questionOf(`${n} times`));

  test("share the questions and find what one finds, in the same order", async () => {
    const one = await ask(none, { data: dataOf([], many) });
    const solvers = [new ScriptedSolver(), new ScriptedSolver(), new ScriptedSolver()];
    // The first is slow: whoever is free takes the next question.
    solvers[0]!.milliseconds = 30;
    const several = await ask(none, { data: dataOf([], many), solvers });
    expect(several.answers).toEqual(one.answers);
    const asked = solvers.map(({ tasks }) => tasks.length);
    expect(asked.reduce((sum, count) => sum + count)).toBe(12);
    expect(asked[0]).toBeLessThan(asked[1]!);
    expect(asked[2]).toBeGreaterThan(1);
  });

  test("each fills a bank of its own with all logs, in order, right or wrong", async () => {
    const solvers = [new ScriptedSolver(), new ScriptedSolver()];
    await ask(designOf(["kv"]), { data: dataOf(SEEN, many), solvers });
    for (const { remembered } of solvers) {
      expect(remembered.map(({ question }) => question)).toEqual(["one?", "unknown?", "nothing?"]);
      expect(remembered[1]).toEqual({
        question: "unknown?",
        responses: [1, 2, 3].map((n) => `response ${n} to unknown?`),
        answer: "unknown",
        outcome: "unknown",
        mode: "none",
        usedLogs: [],
        usedDocuments: ["T"],
      });
    }
  });

  test("one that fails ends the others, and what they finished is kept", async () => {
    const store = new MemoryStore();
    const [broken, sound] = [new ScriptedSolver(), new ScriptedSolver()];
    broken.failAt = "one?";
    sound.milliseconds = 20;
    await expect(ask(none, { store, solvers: [broken, sound] })).rejects.toThrow("is gone");
    expect(sound.tasks.map(({ question }) => question)).toEqual(["unknown?"]);
    const solver = new ScriptedSolver();
    await ask(none, { store, solvers: [solver] });
    expect(solver.tasks.map(({ question }) => question)).toEqual(["one?", "nothing?"]);
  });
});

describe("logs that a question names", () => {
  test("are those that the seen questions left in the solver's own bank; mode none has none", async () => {
    const asked = [{ ...questionOf("u"), front: ["seen-nothing", "seen-one"] }, questionOf("v")];
    const other = new ScriptedSolver();
    await other.remember({ question: "before?" } as never, []); // so that its ids are others
    for (const [solver, logs] of [
      [new ScriptedSolver(), ["log 3", "log 1"]],
      [other, ["log 4", "log 2"]],
    ] as const) {
      await ask(designOf(["none", "kv"]), { data: dataOf(SEEN, asked), solvers: [solver] });
      const named = (mode: string) =>
        solver.tasks.filter((task) => task.mode === mode && /[uv]/.test(task.question.slice(0, 1)));
      expect(named("kv").map((task) => task.logs)).toEqual([logs, undefined]);
      for (const task of named("none")) expect(task.logs).toBeUndefined();
    }
  });

  test("a seen question that left no log is named before anything of the mode is asked", async () => {
    const solver = new ScriptedSolver();
    solver.tooLong = "unknown?";
    const asked = [questionOf("u"), { ...questionOf("v"), front: ["seen-unknown"] }];
    const run = ask(designOf(["kv"]), { data: dataOf(SEEN, asked), solvers: [solver] });
    await expect(run).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining('"seen-unknown" left no log'),
    });
    expect(solver.tasks.filter(({ mode }) => mode === "kv")).toEqual([]);
  });
});

describe("how much there is to do", () => {
  test("tasks are counted before the first is asked; what two passes share counts once", async () => {
    const store = new MemoryStore();
    const solver = new ScriptedSolver();
    const counts: TaskCount[] = [];
    const onCount = (count: TaskCount) => {
      if (counts.length === 0) expect(solver.tasks).toEqual([]);
      counts.push(count);
    };
    const design = designOf(["none", "kv"], { bankSizes: [1, 3], ks: [1] });
    const data = dataOf(SEEN, QUESTIONS);
    const { plan } = await ask(design, { data, store, solvers: [solver], onCount });
    expect(passesOf(plan)).toHaveLength(7);
    // seen, none, kv, kv with one log, kv with k = 1; the whole bank and k = 3 are kv itself.
    expect(counts[0]).toMatchObject({ tasks: 15, kept: 0 });
    expect(solver.tasks).toHaveLength(15);
    await ask({ ...design, modes: ["none", "kv", "kv-all"] }, { data, store, onCount });
    expect(counts[1]).toMatchObject({ tasks: 24, kept: 15 });
  });

  test("progress counts the pass and the whole", async () => {
    const told: Progress[] = [];
    const data = dataOf(SEEN, QUESTIONS);
    await ask(designOf(["none", "kv"]), { data, onProgress: (progress) => told.push(progress) });
    expect(told.filter(({ label }) => label === "logs encoded").map(({ done }) => done)).toEqual([1, 2, 3]);
    const tasks = told.filter(({ label }) => label !== "logs encoded");
    expect(tasks.map(({ done, total }) => `${done}/${total}`)).toEqual([
      ...["1/3", "2/3", "3/3"],
      ...["1/3", "2/3", "3/3"],
      ...["1/3", "2/3", "3/3"],
    ]);
    expect(tasks.map(({ all }) => all!.done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { all } of tasks) expect(all!.total).toBe(9);
  });
});
