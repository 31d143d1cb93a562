/** What is kept of a finished question: enough to score it, to count what it cost, and to make its log again. */
import type { Step, TaskResult } from "../runtime/events.ts";
import type { Mode, Outcome, Trace } from "../terms/log.ts";
import type { Question } from "./question.ts";
import type { Attempt } from "./report.ts";

export interface Answered {
  readonly question: string;
  readonly gold: string;
  /** Null when none was given, also because the question did not fit into the model's context. */
  readonly answer: string | null;
  readonly outcome: Outcome;
  readonly steps: readonly AnsweredStep[];
  /** Of all logs that stood in front of some step, each once. */
  readonly rowsRead: number;
  /** Of the whole task, without its record. */
  readonly milliseconds: number;
  /** What the runtime had to say, one sentence each. */
  readonly notices: readonly string[];
}

/** A step as the runtime reports it. Logs are named by their questions: their ids belong to one bank. */
export interface AnsweredStep extends Omit<Step, "logs" | "leftOut"> {
  readonly logs: readonly { readonly question: string; readonly similarity: number; readonly rows: number }[];
  readonly leftOut: { readonly logs: readonly string[]; readonly documents: readonly string[] };
}

/** `nameOf`: the question of a log, by its id. `result` is null when the question did not fit into the context. */
export function answeredOf(
  { question, answer: gold }: Question,
  result: TaskResult | null,
  nameOf: (logId: string) => string,
): Answered {
  if (result === null) {
    return {
      question,
      gold,
      answer: null,
      outcome: "unanswered",
      steps: [],
      rowsRead: 0,
      milliseconds: 0,
      notices: [],
    };
  }
  const { answer, outcome, steps, logs, notices, timings } = result;
  return {
    question,
    gold,
    answer,
    outcome,
    steps: steps.map((step) => keptOf(step, nameOf)),
    rowsRead: logs.reduce((sum, { rows }) => sum + rows, 0),
    milliseconds: timings.total - timings.record,
    notices: notices.map(({ text }) => text),
  };
}

function keptOf({ logs, leftOut, ...step }: Step, nameOf: (logId: string) => string): AnsweredStep {
  return {
    ...step,
    logs: logs.map(({ question, similarity, rows }) => ({ question, similarity, rows })),
    leftOut: { logs: leftOut.logs.map(nameOf), documents: leftOut.documents },
  };
}

export function attemptOf({ answer, outcome, steps }: Answered): Attempt {
  return { answer, outcome, steps: steps.length };
}

/** What `remember` is given. Which logs stood in front is not known: their ids were those of another bank. */
export function traceOf({ question, answer, outcome, steps }: Answered, mode: Mode): Trace {
  return {
    question,
    responses: steps.map(({ response }) => response),
    answer,
    outcome,
    mode,
    usedLogs: [],
    usedDocuments: [...new Set(steps.flatMap(({ documents }) => documents))],
  };
}
