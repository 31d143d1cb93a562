/** A task as it was given → a task with every value filled in and checked. */
import type { ModelInfo, Sampling } from "../engine/engine.ts";
import { InputError } from "../terms/errors.ts";
import { MODES, type Mode } from "../terms/log.ts";
import type { Task } from "./events.ts";

/** The paper's values for knowledge tasks. */
export const DEFAULTS = {
  mode: "kv",
  logsPerStep: 3,
  documentsPerStep: 2,
  maxSteps: 8,
  maxNewTokens: 1024,
} as const satisfies Partial<Task>;

/** Steps that a task may take at most. */
const STEP_LIMIT = 8;

export interface ReadTask {
  readonly question: string;
  readonly mode: Mode;
  readonly logsPerStep: number;
  /** Null: logs are retrieved. */
  readonly logs: readonly string[] | null;
  readonly documentsPerStep: number;
  readonly maxSteps: number;
  /** Tokens that a response may take: the least of the task's, the model's and the paper's limit. */
  readonly room: number;
  readonly record: boolean;
  readonly unansweredLogs: boolean;
  readonly sampling: Sampling;
}

/** Throws InputError that names the field, what was got, and what was expected. */
export function readTask(task: Task, model: Pick<ModelInfo, "maxNewTokens">): ReadTask {
  const question = typeof task.question === "string" ? task.question.trim() : "";
  if (question === "") {
    throw new InputError(`question is ${shown(task.question)}, expected text. Ask something.`);
  }
  const mode = modeOf("mode", task.mode ?? DEFAULTS.mode);
  const maxNewTokens = wholeNumber("maxNewTokens", task.maxNewTokens ?? DEFAULTS.maxNewTokens, 1);
  return {
    question,
    mode,
    logs: task.logs === undefined ? null : namedLogs(task.logs, mode),
    logsPerStep: wholeNumber("logsPerStep", task.logsPerStep ?? DEFAULTS.logsPerStep, 0),
    documentsPerStep: wholeNumber("documentsPerStep", task.documentsPerStep ?? DEFAULTS.documentsPerStep, 0),
    maxSteps: wholeNumber("maxSteps", task.maxSteps ?? DEFAULTS.maxSteps, 1, STEP_LIMIT),
    room: Math.min(maxNewTokens, DEFAULTS.maxNewTokens, model.maxNewTokens ?? DEFAULTS.maxNewTokens),
    record: flag("record", task.record ?? true),
    unansweredLogs: flag("unansweredLogs", task.unansweredLogs ?? false),
    sampling: task.sampling ?? { temperature: 0 },
  };
}

/** Whether they are in the bank is seen later. */
function namedLogs(ids: unknown, mode: Mode): readonly string[] {
  if (!Array.isArray(ids)) throw new InputError(`logs is ${shown(ids)}, expected a list of ids of logs.`);
  ids.forEach((id, index) => {
    if (typeof id !== "string")
      throw new InputError(`logs[${index}] is ${shown(id)}, expected the id of a log.`);
    if (ids.indexOf(id) < index)
      throw new InputError(`logs[${index}] is ${shown(id)} again, expected each id once.`);
  });
  if (mode === "none" && ids.length > 0) {
    throw new InputError(
      "logs are given, but mode none puts none in front. Choose another mode, or give no logs.",
    );
  }
  return ids;
}

/** Throws InputError that names the first that is no mode. */
export function readModes(modes: readonly Mode[] = []): readonly Mode[] {
  if (!Array.isArray(modes)) throw new InputError(`modes is ${shown(modes)}, expected a list of modes.`);
  return modes.map((mode, index) => modeOf(`modes[${index}]`, mode));
}

function modeOf(name: string, value: Mode): Mode {
  if (MODES.includes(value)) return value;
  throw new InputError(
    `${name} is ${shown(value)}, expected one of ${MODES.join(", ")}. Choose one of them.`,
  );
}

function wholeNumber(name: string, value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new InputError(
    `${name} is ${shown(value)}, expected a whole number ${range}. Leave it out for the default.`,
  );
}

function flag(name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InputError(`${name} is ${shown(value)}, expected true or false. Leave it out for the default.`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
