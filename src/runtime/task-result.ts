/** What a task leaves: its steps, its trace (to be recorded), its result (for whoever asked). Pure. */
import type { Piece, Prepared, ReadyLog } from "../compose/modes/mode.ts";
import type { Plan } from "../compose/plan-prefix.ts";
import type { Backend, Generation } from "../engine/engine.ts";
import type { Captured } from "../record/recordings/recording.ts";
import { rowsOf } from "../terms/kv-shape.ts";
import type { Layout } from "../terms/layout.ts";
import type { Trace } from "../terms/log.ts";
import type { Action, LeftOut, Notice, Step, TaskResult, UsedLog } from "./events.ts";
import type { ReadTask } from "./options.ts";
import { outcomeOf } from "./parse-action.ts";

/** A step that is planned and about to be generated. */
export interface PlannedStep {
  /** 1-based. */
  readonly number: number;
  readonly query: string;
  readonly prepared: Prepared;
  readonly plan: Plan<Piece>;
  /** Milliseconds that were spent on retrieval, on preparing, on reading slices and planning. */
  readonly timings: { readonly retrieve: number; readonly prepare: number; readonly load: number };
}

export function stepOf(planned: PlannedStep, said: Generation, action: Action): Step {
  const { number, query, prepared, plan, timings } = planned;
  const { retrieve, prepare, load } = timings;
  const { prefix, firstToken, total } = said.timings;
  return {
    number,
    query,
    response: said.text,
    ...(said.thoughts !== undefined && { thoughts: said.thoughts }),
    action,
    logs: logsIn(plan.pieces).map(usedLog),
    documents: plan.documents.map(({ title }) => title),
    leftOut: leftOutOf(planned),
    ...(prepared.preparation && { preparation: prepared.preparation }),
    prefixRows: rowsOf(plan.pieces),
    promptTokens: plan.promptIds.length,
    newTokens: said.ids.length,
    timings: {
      retrieve,
      prepare,
      prefix: load + prefix,
      firstToken: firstToken - prefix,
      generate: total - prefix,
    },
  };
}

function logsIn(pieces: readonly Piece[]): ReadyLog[] {
  return pieces.flatMap(({ logs }) => logs);
}

export function usedLog({ id, question, similarity, trace, tokens }: ReadyLog): UsedLog {
  return { id, question, similarity, steps: trace.responses.length, rows: tokens };
}

export function leftOutOf({ prepared, plan: { leftOut } }: PlannedStep): LeftOut {
  const logs = [...prepared.leftOut, ...logsIn(leftOut.pieces)];
  const documents = leftOut.documents.map(({ title }) => title);
  return { logs: logs.map(({ id }) => id), documents, ...(leftOut.turns > 0 && { turns: leftOut.turns }) };
}

/** What was captured of the last response, and all that stood before it; undefined when nothing was. */
export function capturedOf(
  { question, kind }: ReadTask,
  steps: readonly Step[],
  said: Generation | undefined,
): Captured | undefined {
  if (!said?.captured) return undefined;
  const { logs, documents } = steps.at(-1)!;
  const previous = kind === "reasoning" && steps.length > 1;
  const saw = { question, documents, logs: logs.map(({ id }) => id), previous };
  return { slice: said.captured, saw };
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

export interface TaskEnd extends Layout {
  readonly backend: Backend;
  readonly notices: readonly Notice[];
  readonly logId: string | null;
  /** Milliseconds. */
  readonly total: number;
  readonly record: number;
}

export function resultOf(trace: Trace, steps: readonly Step[], end: TaskEnd): TaskResult {
  const { question, answer, outcome, mode, responses } = trace;
  const sum = (part: "retrieve" | "prepare" | "prefix" | "generate") =>
    steps.reduce((total, step) => total + step.timings[part], 0);
  return {
    question,
    answer,
    outcome,
    mode,
    placement: end.placement,
    recording: end.recording,
    backend: end.backend,
    steps,
    responses,
    logs: logsOf(steps),
    notices: end.notices,
    logId: end.logId,
    timings: {
      total: end.total,
      retrieve: sum("retrieve"),
      prepare: sum("prepare"),
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
