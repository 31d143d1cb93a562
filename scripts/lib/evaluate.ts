/**
 * The evaluation itself: solve the seen questions once in mode none, fill a bank from what was said, ask the
 * unseen ones in each mode while the bank stays as it is. Whoever solves (a page, or a test's stand-in) is given.
 */
import {
  type Attempt,
  type Score,
  type Summary,
  scoreAttempt,
  summarise,
} from "../../src/evaluation/report.ts";
import type { TwoWikiQuestion } from "../../src/evaluation/two-wiki.ts";
import type { Task, TaskResult } from "../../src/runtime/events.ts";
import { DEFAULTS } from "../../src/runtime/options.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";
import type { LineStore } from "./line-store.ts";
import { startProgress } from "./progress.ts";

/** The part of the runtime that an evaluation drives. */
export interface Solver {
  /** Null when the question does not fit into the model's context, which asking again would not change. */
  ask(task: Task): Promise<TaskResult | null>;
  /** Encodes a trace for these modes and stores its log. */
  remember(trace: Trace, modes: readonly Mode[]): Promise<string>;
  deleteAllLogs(): Promise<void>;
}

/** What is kept of an unseen question. */
export interface Solved extends Attempt {
  readonly question: string;
  readonly gold: string;
  readonly responses: readonly string[];
  /** Questions of the logs that stood in front. */
  readonly logs: readonly string[];
}

const NOT_ANSWERED = {
  answer: null,
  outcome: "unanswered",
  steps: [],
  responses: [],
  logs: [],
} as const satisfies Partial<TaskResult>;

/** Traces of the seen questions, solved in mode none or kept from before. */
export async function solveSeen(
  questions: readonly TwoWikiQuestion[],
  solver: Solver,
  store: LineStore<Trace>,
): Promise<Trace[]> {
  return each("seen questions", questions, store, async ({ question }) =>
    traceOf(question, await solver.ask({ question, mode: "none", record: false })),
  );
}

/** Empties the bank and fills it with a log of every trace, in order, with the slices that the modes read. */
export async function fillBank(
  traces: readonly Trace[],
  modes: readonly Mode[],
  solver: Solver,
): Promise<void> {
  await solver.deleteAllLogs();
  const tick = startProgress("logs encoded", traces.length, 0);
  for (const trace of traces) {
    // What was never said cannot be encoded.
    if (trace.responses.length > 0) await solver.remember(trace, modes);
    tick();
  }
}

/** Asks every question in one mode. The bank is only read. */
export async function evaluateMode(
  mode: Mode,
  questions: readonly TwoWikiQuestion[],
  solver: Solver,
  store: LineStore<Solved>,
): Promise<Summary> {
  const solved = await each(`mode ${mode}`, questions, store, async ({ question, answer: gold }) => {
    const result = await solver.ask({ question, mode, record: false });
    const { answer, outcome, steps, responses, logs } = result ?? NOT_ANSWERED;
    return {
      question,
      gold,
      answer,
      outcome,
      steps: steps.length,
      responses,
      logs: logs.map((log) => log.question),
    };
  });
  return summarise(solved.map((attempt): Score => scoreAttempt(attempt, attempt.gold, DEFAULTS.maxSteps)));
}

/** Does the work for every item that the store does not hold yet; an item is stored as soon as it is done. */
async function each<T, R>(
  label: string,
  items: readonly T[],
  store: LineStore<R>,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const tick = startProgress(label, items.length, items.filter((_, n) => store.get(n) !== undefined).length);
  const results: R[] = [];
  for (const [n, item] of items.entries()) {
    let result = store.get(n);
    if (result === undefined) {
      result = await work(item);
      store.put(n, result);
      tick();
    }
    results.push(result);
  }
  return results;
}

function traceOf(question: string, result: TaskResult | null): Trace {
  const { answer, outcome, steps, responses } = result ?? NOT_ANSWERED;
  return {
    question,
    responses,
    answer,
    outcome,
    mode: "none",
    usedLogs: [],
    usedDocuments: [...new Set(steps.flatMap((step) => step.documents))],
  };
}
