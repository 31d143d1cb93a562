/** What a person should know about how a task went, when it did not go as planned. */

import type { LogBank } from "../bank/bank.ts";
import type { ModelInfo } from "../engine/engine.ts";
import { type RecordOptions, recordTrace } from "../record/record-trace.ts";
import { messageOf } from "../terms/errors.ts";
import { rowsOf } from "../terms/kv-shape.ts";
import type { Log, Trace } from "../terms/log.ts";
import type { LagEvent, Notice } from "./events.ts";
import type { ReadTask } from "./options.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { leftOutOf, type PlannedStep } from "./task-result.ts";

type OnEvent = (event: LagEvent) => void;
type OnNotice = (notice: Notice) => void;

/** Notices are reported as they come, and kept for the result. */
export function collectNotices(onEvent: OnEvent): { notices: readonly Notice[]; onNotice: OnNotice } {
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => {
    notices.push(notice);
    onEvent({ type: "notice", notice });
  };
  return { notices, onNotice };
}

/** Logs are of use to a model without rows too: as text, found as they would be. */
export function tellText(
  { mode, insteadOf }: Pick<ReadTask, "mode" | "insteadOf">,
  { noRows }: Pick<ModelInfo, "noRows">,
  onNotice: OnNotice,
): void {
  if (insteadOf === null) return;
  onNotice({
    code: "text-instead",
    text: `Logs stand in front as text (mode ${mode} instead of ${insteadOf}): this model has ${noRows}.`,
  });
}

/** Reports the planned prefix, and what did not fit. */
export function tellPlan(planned: PlannedStep, onEvent: OnEvent, onNotice: OnNotice): void {
  const { number, plan } = planned;
  const leftOut = leftOutOf(planned);
  onEvent({ type: "prefix-end", step: number, rows: rowsOf(plan.pieces), leftOut });
  const what = [
    counted(leftOut.logs.length, "log"),
    counted(leftOut.documents.length, "document"),
    counted(leftOut.turns ?? 0, "earlier turn"),
  ].filter(Boolean);
  if (what.length === 0) return;
  onNotice({
    code: "left-out",
    text: `Step ${number}: ${inWords(what)} did not fit into the model's context and were left out.`,
  });
}

/** An error in recording never loses the answer: the log is given up with a notice. */
export async function recordOrTell(
  trace: Trace,
  parts: RuntimeParts,
  options: RecordOptions,
  onNotice: OnNotice,
): Promise<Log | null> {
  try {
    return await recordTrace(trace, parts, options);
  } catch (error) {
    onNotice({
      code: "record-failed",
      text: `The answer stands, but its log was not stored: ${messageOf(error)}`,
    });
    return null;
  }
}

/** The log whose place the new one has taken goes. That it could not be deleted is told. */
export async function dropReplaced(
  { replaces }: Pick<ReadTask, "replaces">,
  bank: Pick<LogBank, "delete">,
  onNotice: OnNotice,
): Promise<void> {
  if (replaces === null) return;
  try {
    await bank.delete(replaces);
  } catch (error) {
    onNotice({
      code: "replace-failed",
      text: `The log of the answer before could not be deleted: ${messageOf(error)}`,
    });
  }
}

/** "a", "a and b", "a, b and c". */
function inWords(parts: readonly string[]): string {
  return parts.join(", ").replace(/, ([^,]*)$/, " and $1");
}

function counted(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
