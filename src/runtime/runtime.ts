/** Log-augmented generation, whole: retrieve → prefix → generate → act → loop → record. */
import type { ReadyLog } from "../compose/modes/mode.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import { place } from "../compose/placements/placement.ts";
import { PROMPT_PLACEMENTS } from "../compose/placements/prompt-placements.ts";
import { planPrefix } from "../compose/plan-prefix.ts";
import type { Generation } from "../engine/engine.ts";
import { spokenOf } from "../engine/thoughts.ts";
import { recordTrace } from "../record/record-trace.ts";
import { ROWS_RECORDINGS } from "../record/recordings/rows-recordings.ts";
import type { Document } from "../terms/document.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { Placement } from "../terms/layout.ts";
import { type Mode, rowsOfLastResponse, type Trace } from "../terms/log.ts";
import type { LagEvent, Step, Task, TaskResult } from "./events.ts";
import { loadLogs } from "./load-slices.ts";
import { readModes, readPlacement, readTask } from "./options.ts";
import { actionIn } from "./parse-action.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { startStopwatch } from "./stopwatch.ts";
import { collectNotices, dropReplaced, recordOrTell, tellPlan, tellText } from "./task-notices.ts";
import { captureFor, checkNamedLogs, composerFor, deskFor, gatherFor } from "./task-parts.ts";
import { capturedOf, resultOf, stepOf, traceOf, usedLog } from "./task-result.ts";

export interface AnswerOptions {
  readonly onEvent?: (event: LagEvent) => void;
  /** When it aborts, `answer` throws AbortError and the task leaves no log. */
  readonly signal?: AbortSignal;
}

export interface Runtime {
  /** Solves a task. Throws InputError, ContextFullError, AbortError, and what the engine throws. */
  answer(task: Task, options?: AnswerOptions): Promise<TaskResult>;
  /**
   * Stores the log of a trace that was solved elsewhere, with the slices that its own mode, the default and `modes`
   * read where `placement` (default `front`) has them. Returns its id. Throws InputError, ContextFullError, and what
   * bank and engine throw.
   */
  remember(trace: Trace, modes?: readonly Mode[], placement?: Placement): Promise<string>;
}

export function createRuntime(parts: RuntimeParts): Runtime {
  return {
    answer: (task, options) => answer(parts, task, options),
    async remember(trace, modes, placement) {
      const read = { modes: readModes(modes, parts.engine.model), placement: readPlacement(placement) };
      return (await recordTrace(trace, parts, read)).id;
    },
  };
}

/** Greedy or sampled, one step after the other; every step is a fresh prompt. */
async function answer(parts: RuntimeParts, asked: Task, options: AnswerOptions = {}): Promise<TaskResult> {
  const { engine, bank } = parts;
  const { onEvent = () => {}, signal } = options;
  const { contextLength } = engine.model;
  const task = readTask(asked, engine.model);
  const mode = PROMPT_MODES[task.mode];
  const placement = PROMPT_PLACEMENTS[task.layout.placement];
  const recording = ROWS_RECORDINGS[task.layout.recording];
  await checkNamedLogs(task, parts);
  const { notices, onNotice } = collectNotices(onEvent);
  tellText(task, engine.model, onNotice);
  const gather = gatherFor(task, parts, onNotice, signal);
  const desk = deskFor(task, engine, onEvent, signal);
  const compose = composerFor(task, engine);
  const capture = captureFor(task, engine);
  const reading = { mode, placement, recording, engine, bank, record: task.record, onNotice, signal };
  const total = startStopwatch();
  const logs: ReadyLog[] = [];
  const groups: Document[][] = [];
  const steps: Step[] = [];
  let query = task.question;
  let said: Generation | undefined;

  while (steps.length < task.maxSteps) {
    const number = steps.length + 1;
    const lap = startStopwatch();
    onEvent({ type: "step-start", step: number, query });

    // Retrieve: logs and documents that are similar to the query join what is there.
    const found = await gather(query);
    const retrieve = lap();
    const brought = await loadLogs(found.logs, reading);
    const documents = found.documents.map(({ document }) => document);
    logs.push(...brought);
    groups.push(documents);
    onEvent({ type: "retrieve-end", step: number, logs: brought.map(usedLog), documents });
    const load = lap();

    // Prefix: what the mode makes of the logs, in front of a fresh prompt, as far as the model's context has room.
    const prepared = await mode.prepare(logs, desk(number));
    const prepare = lap();
    const { pieces } = prepared;
    const { room, sampling } = task;
    const plan = planPrefix({
      pieces,
      groups,
      turns: task.turns.length,
      compose: compose(said && spokenOf(said)),
      room,
      contextLength,
    });
    const sequence = place(plan.pieces, plan.promptIds, placement.sinkOf(engine));
    const timings = { retrieve, prepare, load: load + lap() };
    const planned = { number, query, prepared, plan, timings };
    tellPlan(planned, onEvent, onNotice);

    // Generate, then act: an answer ends the task, anything else is the next query.
    const onText = (text: string) => onEvent({ type: "text-delta", step: number, text });
    const onThoughts = (text: string) => onEvent({ type: "thoughts-delta", step: number, text });
    throwIfAborted(signal);
    said = await engine.generate({
      ...sequence,
      maxNewTokens: room,
      sampling,
      onText,
      onThoughts,
      capture: capture(number),
      ...(signal && { signal }),
    });
    const action = actionIn(task.kind, spokenOf(said));
    steps.push(stepOf(planned, said, action));
    onEvent({ type: "step-end", step: steps.at(-1)! });
    if (action.type === "answer") break;
    query = action.text || query;
  }

  // Record: every finished task, right or wrong, so that the next one finds it.
  throwIfAborted(signal);
  const trace = traceOf(task, steps);
  const lap = startStopwatch();
  const rows = { ...task.layout, captured: capturedOf(task, steps, said) };
  const log = task.record ? await recordOrTell(trace, parts, { ...rows, signal }, onNotice) : null;
  if (log) {
    onEvent({ type: "record-end", logId: log.id, rows: rowsOfLastResponse(log) });
    await dropReplaced(task, bank, onNotice);
  }
  const end = { notices, logId: log?.id ?? null, record: lap() + (said?.timings.capture ?? 0) };
  const { backend } = engine;
  return resultOf(trace, steps, { ...end, ...task.layout, backend, total: total() });
}
