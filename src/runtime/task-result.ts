/** What a task leaves: its steps, its trace (to be recorded), its result (for whoever asked). Pure. */
import type { ReadyLog } from "../compose/modes/mode.ts";
import type { Plan } from "../compose/plan-prefix.ts";
import type { Backend, Generation } from "../engine/engine.ts";
import { rowsOf } from "../terms/kv-shape.ts";
import type { Trace } from "../terms/log.ts";
import type { Action, LeftOut, Notice, Step, TaskResult, UsedLog } from "./events.ts";
import type { ReadTask } from "./options.ts";
import { outcomeOf } from "./parse-action.ts";

/** A step that is planned and about to be generated. */
export interface PlannedStep {
  /** 1-based. */
  readonly number: number;
  readonly query: string;
  readonly plan: Plan<ReadyLog>;
  /** Milliseconds that retrieval took. */
  readonly retrieve: number;
  /** Milliseconds that reading slices and planning took. */
  readonly load: number;
}

export function stepOf(planned: PlannedStep, said: Generation, action: Action): Step {
  const { number, query, plan, retrieve, load } = planned;
  const { prefix, firstToken, total } = said.timings;
  return {
    number,
    query,
    response: said.text,
    action,
    logs: plan.logs.map(usedLog),
    documents: plan.documents.map(({ title }) => title),
    leftOut: leftOutOf(plan),
    prefixRows: rowsOf(plan.logs),
    promptTokens: plan.promptIds.length,
    newTokens: said.ids.length,
    timings: { retrieve, prefix: load + prefix, firstToken: firstToken - prefix, generate: total - prefix },
  };
}

export function usedLog({ id, question, similarity, tokens }: ReadyLog): UsedLog {
  return { id, question, similarity, rows: tokens };
}

export function leftOutOf({ leftOut }: Plan<ReadyLog>): LeftOut {
  return { logs: leftOut.logs.map(({ id }) => id), documents: leftOut.documents.map(({ title }) => title) };
}

/** `steps` has at least one step. */
export function traceOf(task: ReadTask, steps: readonly Step[]): Trace {
  const action = steps.at(-1)?.action;
  return {
    question: task.question,
    responses: steps.map((step) => step.response),
    answer: action?.type === "answer" ? action.text : null,
    outcome: outcomeOf(action),
    mode: task.mode,
    usedLogs: logsOf(steps).map((log) => log.id),
    usedDocuments: [...new Set(steps.flatMap((step) => step.documents))],
  };
}

export interface TaskEnd {
  readonly backend: Backend;
  readonly notices: readonly Notice[];
  readonly logId: string | null;
  /** Milliseconds. */
  readonly total: number;
  readonly record: number;
}

export function resultOf(trace: Trace, steps: readonly Step[], end: TaskEnd): TaskResult {
  const { question, answer, outcome, mode, responses } = trace;
  const sum = (part: "retrieve" | "prefix" | "generate") =>
    steps.reduce((total, step) => total + step.timings[part], 0);
  return {
    question,
    answer,
    outcome,
    mode,
    backend: end.backend,
    steps,
    responses,
    logs: logsOf(steps),
    notices: end.notices,
    logId: end.logId,
    timings: {
      total: end.total,
      retrieve: sum("retrieve"),
      prefix: sum("prefix"),
      firstToken: steps[0]?.timings.firstToken ?? 0,
      generate: sum("generate"),
      record: end.record,
    },
  };
}

/** Every log that stood in front of some step, in order of first use. */
function logsOf(steps: readonly Step[]): UsedLog[] {
  const byId = new Map<string, UsedLog>();
  for (const log of steps.flatMap((step) => step.logs)) {
    if (!byId.has(log.id)) byId.set(log.id, log);
  }
  return [...byId.values()];
}
