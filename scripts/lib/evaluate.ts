/**
 * The evaluation itself: solve the seen questions once in mode none, fill a bank from what was said, ask the
 * unseen ones in each mode while the bank stays as it is. Whoever solves (a page, or a test's stand-in) is given:
 * one, or several that share the questions. What they find is the same, whoever solves what.
 */
import type { Question } from "../../src/evaluation/question.ts";
import { type Attempt, type Score, scoreAttempt } from "../../src/evaluation/report.ts";
import type { Task, TaskResult } from "../../src/runtime/events.ts";
import type { Limits } from "../../src/runtime/limits.ts";
import { InputError } from "../../src/terms/errors.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";
import type { LineStore } from "./line-store.ts";
import { startProgress } from "./progress.ts";

/** The part of the runtime that an evaluation drives. */
export interface Solver {
  /** Null when the question does not fit into the model's context, which asking again would not change. */
  ask(task: Task): Promise<TaskResult | null>;
  /** Encodes a trace for these modes and stores its log. Returns the log's id. */
  remember(trace: Trace, modes: readonly Mode[]): Promise<string>;
  deleteAllLogs(): Promise<void>;
}

/** A solver and what is in its bank. */
export interface Reader {
  readonly solver: Solver;
  /** Ids of logs, by the id of the seen question that left them. */
  readonly logs: ReadonlyMap<string, string>;
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
  questions: readonly Question[],
  solvers: readonly Solver[],
  store: LineStore<Trace>,
  limits: Limits,
): Promise<Trace[]> {
  return each("seen questions", questions, store, solvers, async ({ question }, solver) =>
    traceOf(question, await solver.ask({ ...limits, question, mode: "none", record: false })),
  );
}

/**
 * Empties the bank of every solver and fills it with a log of every trace, in order, with the slices that the modes
 * read. `traces[i]` is that of `questions[i]`.
 */
export async function fillBanks(
  questions: readonly Question[],
  traces: readonly Trace[],
  modes: readonly Mode[],
  solvers: readonly Solver[],
): Promise<Reader[]> {
  const tick = startProgress("logs encoded", traces.length * solvers.length, 0);
  const fill = async (solver: Solver): Promise<Reader> => {
    const logs = new Map<string, string>();
    await solver.deleteAllLogs();
    for (const [place, trace] of traces.entries()) {
      // What was never said cannot be encoded.
      const logId = trace.responses.length > 0 ? await solver.remember(trace, modes) : null;
      const { id } = questions[place]!;
      if (logId !== null && id !== undefined) logs.set(id, logId);
      tick();
    }
    return { solver, logs };
  };
  return Promise.all(solvers.map(fill));
}

/** Asks every question in one mode. The banks are only read. */
export async function evaluateMode(
  mode: Mode,
  questions: readonly Question[],
  readers: readonly Reader[],
  store: LineStore<Solved>,
  limits: Limits,
): Promise<Solved[]> {
  // Before anything is asked: a name that leads nowhere would end the run at its question, time and again.
  if (mode !== "none")
    for (const { front = [] } of questions) for (const id of front) logOf(id, readers[0]!.logs);
  return each(`mode ${mode}`, questions, store, readers, async (asked, { solver, logs: inBank }) => {
    const { question, answer: gold, front } = asked;
    const named = front && mode !== "none" ? { logs: front.map((id) => logOf(id, inBank)) } : {};
    const result = await solver.ask({ ...limits, question, mode, record: false, ...named });
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
}

/** `attempts[i]` is at `questions[i]`, in at most `maxSteps` steps. */
export function scoresOf(
  questions: readonly Question[],
  attempts: readonly Attempt[],
  { maxSteps }: Pick<Limits, "maxSteps">,
): Score[] {
  return attempts.map((attempt, i) => scoreAttempt(attempt, questions[i]!, maxSteps));
}

function logOf(id: string, logs: ReadonlyMap<string, string>): string {
  const log = logs.get(id);
  if (log === undefined) {
    throw new InputError(
      `The seen question ${JSON.stringify(id)} left no log: it did not fit into the model's context. ` +
        'Take it out of every "front".',
    );
  }
  return log;
}

/**
 * Does the work for every item that the store does not hold yet; an item is stored as soon as it is done. Each of
 * `workers` takes the next item when it is free. Results are in the order of the items.
 */
async function each<T, W, R>(
  label: string,
  items: readonly T[],
  store: LineStore<R>,
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<R>,
): Promise<R[]> {
  const missing = items.flatMap((_, n) => (store.get(n) === undefined ? [n] : []));
  const tick = startProgress(label, items.length, items.length - missing.length);
  let failed = false;
  const run = async (worker: W): Promise<void> => {
    for (let n = missing.shift(); n !== undefined && !failed; n = missing.shift()) {
      store.put(n, await work(items[n]!, worker));
      tick();
    }
  };
  // Who fails ends the others after the item that they are at, which is kept.
  const runs = workers.map((worker) =>
    run(worker).catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(runs);
  const failure = ended.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
  return items.map((_, n) => store.get(n)!);
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
