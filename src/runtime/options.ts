/** A task as it was given → a task with every value filled in and checked. */
import type { ModelInfo, Sampling } from "../engine/engine.ts";
import { InputError } from "../terms/errors.ts";
import { type Layout, PLACEMENTS, type Placement, RECORDINGS } from "../terms/layout.ts";
import { allows, MODES, type Mode, textInstead, unitOf } from "../terms/log.ts";
import { floorsOf, type SimilarityFloors } from "../terms/similarity-floors.ts";
import { flag, oneOf, shown } from "./checks.ts";
import type { ChatTurn, Task } from "./events.ts";
import { type Limits, readLimits } from "./limits.ts";

/** Its similarity floors are the task's, else the model's. */
export interface ReadTask extends Omit<Limits, "maxNewTokens"> {
  readonly question: string;
  readonly mode: Mode;
  /** The mode of rows that was asked for, where the model has none that could be carried. */
  readonly insteadOf: Mode | null;
  readonly layout: Layout;
  /** Null: logs are retrieved. */
  readonly logs: readonly string[] | null;
  /** Tokens that a response may take: the task's limit, or the model's where that is less. */
  readonly room: number;
  readonly record: boolean;
  /** Oldest first. */
  readonly turns: readonly ChatTurn[];
  /** Null: the task's log takes no other's place. */
  readonly replaces: string | null;
  readonly unansweredLogs: boolean;
  readonly sampling: Sampling;
}

/** Throws InputError that names the field, what was got, and what was expected. */
export function readTask(
  task: Task,
  model: Pick<ModelInfo, "maxNewTokens" | "noRows" | keyof SimilarityFloors>,
): ReadTask {
  const question = typeof task.question === "string" ? task.question.trim() : "";
  if (question === "") {
    throw new InputError(`question is ${shown(task.question)}, expected text. Ask something.`);
  }
  const asked = oneOf("mode", task.mode ?? "kv", MODES);
  const mode = model.noRows === undefined ? asked : textInstead(asked);
  const { maxNewTokens, ...limits } = readLimits(task);
  return {
    question,
    mode,
    insteadOf: task.mode === undefined || mode === asked ? null : asked,
    layout: layoutOf(task, mode, model),
    ...limits,
    ...floorsOf(limits, model),
    logs: task.logs === undefined ? null : namedLogs(task.logs, mode),
    room: Math.min(maxNewTokens, model.maxNewTokens ?? maxNewTokens),
    record: flag("record", task.record ?? true),
    turns: readTurns(task.turns ?? []),
    replaces: task.replaces === undefined ? null : logId("replaces", task.replaces),
    unansweredLogs: flag("unansweredLogs", task.unansweredLogs ?? false),
    sampling: task.sampling ?? { temperature: 0 },
  };
}

function layoutOf(
  { placement, recording = "re-encode" }: Task,
  mode: Mode,
  { noRows }: Pick<ModelInfo, "noRows">,
): Layout {
  const layout = {
    placement: readPlacement(placement),
    recording: oneOf("recording", recording, RECORDINGS),
  };
  if (!allows(mode, layout.recording)) {
    throw new InputError(
      `recording is "${layout.recording}", but live rows are those of last responses, and mode ${mode} reads others. ` +
        "Choose mode kv or one that reads no rows, or recording re-encode.",
    );
  }
  if (noRows !== undefined && layout.recording === "live") {
    throw new InputError(
      `recording is "live", but the rows of this model cannot be kept: it has ${noRows}. Leave recording out.`,
    );
  }
  return layout;
}

/** Throws InputError for a mode of rows where the model has none that could be carried. */
function checkRowsFor(field: string, mode: Mode, { noRows }: Pick<ModelInfo, "noRows">): void {
  if (noRows === undefined || unitOf(mode) !== "row") return;
  const others = MODES.filter((other) => unitOf(other) !== "row").join(", ");
  throw new InputError(
    `${field} is ${shown(mode)}, which needs rows that can be carried from one prompt to another, but this model has ` +
      `${noRows}. Choose one of ${others}, or another model.`,
  );
}

/** Throws InputError. */
export function readPlacement(placement: Placement = "front"): Placement {
  return oneOf("placement", placement, PLACEMENTS);
}

/** Whether they are in the bank is seen later. */
function namedLogs(ids: unknown, mode: Mode): readonly string[] {
  if (!Array.isArray(ids)) throw new InputError(`logs is ${shown(ids)}, expected a list of ids of logs.`);
  ids.forEach((id, index) => {
    logId(`logs[${index}]`, id);
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

function logId(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InputError(`${field} is ${shown(value)}, expected the id of a log.`);
}

function readTurns(turns: unknown): readonly ChatTurn[] {
  const isTurn = (turn: unknown) =>
    typeof (turn as ChatTurn | null)?.question === "string" && typeof (turn as ChatTurn).answer === "string";
  if (Array.isArray(turns) && turns.every(isTurn)) return turns;
  throw new InputError(
    `turns is ${shown(turns)}, expected a list of { question, answer }, both texts. Leave it out where there are none.`,
  );
}

/** Throws InputError that names the first that is no mode, or none of this model's. */
export function readModes(
  modes: readonly Mode[] = [],
  model: Pick<ModelInfo, "noRows"> = {},
): readonly Mode[] {
  if (!Array.isArray(modes)) throw new InputError(`modes is ${shown(modes)}, expected a list of modes.`);
  return modes.map((mode, index) => {
    checkRowsFor(`modes[${index}]`, oneOf(`modes[${index}]`, mode, MODES), model);
    return mode;
  });
}
