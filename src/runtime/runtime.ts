/** Log-augmented generation, whole: retrieve → prefix → generate → act → loop → record. */
import type { ReadyLog } from "../compose/modes/mode.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import { planPrefix } from "../compose/plan-prefix.ts";
import { recordTrace } from "../record/record-trace.ts";
import type { Document } from "../terms/document.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { Mode, Trace } from "../terms/log.ts";
import type { LagEvent, Step, Task, TaskResult } from "./events.ts";
import { loadLogs } from "./load-slices.ts";
import { readModes, readTask } from "./options.ts";
import { parseAction } from "./parse-action.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { startStopwatch } from "./stopwatch.ts";
import { collectNotices, recordOrTell, tellPlan } from "./task-notices.ts";
import { checkNamedLogs, composerFor, gatherFor } from "./task-parts.ts";
import { resultOf, stepOf, traceOf, usedLog } from "./task-result.ts";

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
   * read. Returns its id. Throws InputError, ContextFullError, and what bank and engine throw.
   */
  remember(trace: Trace, modes?: readonly Mode[]): Promise<string>;
}

export function createRuntime(parts: RuntimeParts): Runtime {
  return {
    answer: (task, options) => answer(parts, task, options),
    remember: async (trace, modes) => (await recordTrace(trace, parts, { modes: readModes(modes) })).id,
  };
}

/** Greedy or sampled, one step after the other; every step is a fresh prompt. */
async function answer(parts: RuntimeParts, asked: Task, options: AnswerOptions = {}): Promise<TaskResult> {
  const { engine, bank } = parts;
  const { onEvent = () => {}, signal } = options;
  const task = readTask(asked, engine.model);
  const mode = PROMPT_MODES[task.mode];
  await checkNamedLogs(task, parts);
  const { notices, onNotice } = collectNotices(onEvent);
  const gather = gatherFor(task, parts, onNotice, signal);
  const compose = composerFor(task, engine);
  const total = startStopwatch();
  const logs: ReadyLog[] = [];
  const groups: Document[][] = [];
  const steps: Step[] = [];
  let query = task.question;

  while (steps.length < task.maxSteps) {
    const number = steps.length + 1;
    const lap = startStopwatch();
    onEvent({ type: "step-start", step: number, query });

    // Retrieve: logs and documents that are similar to the query join what is there.
    const found = await gather(query);
    const retrieve = lap();
    const brought = await loadLogs(found.logs, { mode, engine, bank, record: task.record, onNotice, signal });
    const documents = found.documents.map(({ document }) => document);
    logs.push(...brought);
    groups.push(documents);
    onEvent({ type: "retrieve-end", step: number, logs: brought.map(usedLog), documents });

    // Prefix: the logs in front of a fresh prompt, as far as the model's context has room.
    const { contextLength } = engine.model;
    const composed = compose(steps.at(-1)?.response);
    const plan = planPrefix({ logs, groups, compose: composed, room: task.room, contextLength });
    const { prefix, ids } = mode.place(plan.logs, plan.promptIds);
    const planned = { number, query, plan, retrieve, load: lap() };
    tellPlan(planned, onEvent, onNotice);

    // Generate, then act: an answer ends the task, anything else is the next query.
    const onText = (text: string) => onEvent({ type: "text-delta", step: number, text });
    const { room: maxNewTokens, sampling } = task;
    throwIfAborted(signal);
    const said = await engine.generate({
      prefix,
      ids,
      maxNewTokens,
      sampling,
      onText,
      ...(signal && { signal }),
    });
    const action = parseAction(said.text);
    steps.push(stepOf(planned, said, action));
    onEvent({ type: "step-end", step: steps.at(-1)! });
    if (action.type === "answer") break;
    query = action.text || query;
  }

  // Record: every finished task, right or wrong, so that the next one finds it.
  throwIfAborted(signal);
  const trace = traceOf(task, steps);
  const lap = startStopwatch();
  const log = task.record ? await recordOrTell(trace, parts, signal, onNotice) : null;
  if (log) onEvent({ type: "record-end", logId: log.id, rows: log.slices.kv?.tokens ?? 0 });
  const logId = log?.id ?? null;
  return resultOf(trace, steps, { backend: engine.backend, notices, logId, record: lap(), total: total() });
}
