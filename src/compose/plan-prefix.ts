/**
 * What goes in front of the model in one step: prefix + prompt + room for the answer must fit its context.
 * The least similar logs are left out first, then the oldest documents. Nothing is cut in the middle.
 */
import type { Document } from "../terms/document.ts";
import { ContextFullError } from "../terms/errors.ts";
import { rowsOf } from "../terms/kv-shape.ts";

/** A log as the plan sees it. */
export interface Candidate {
  readonly similarity: number;
  /** Positions that it takes in front of the prompt. */
  readonly tokens: number;
}

export interface PlanRequest<L extends Candidate> {
  /** In the order in which they came. */
  readonly logs: readonly L[];
  /** Documents of each step, oldest step first. */
  readonly groups: readonly (readonly Document[])[];
  /** Prompt token ids with these documents in it. */
  readonly compose: (groups: readonly (readonly Document[])[]) => number[];
  /** Tokens that the response may take. */
  readonly room: number;
  readonly contextLength: number;
}

export interface Plan<L extends Candidate> {
  /** Still in the order in which they came. */
  readonly logs: readonly L[];
  readonly promptIds: readonly number[];
  readonly documents: readonly Document[];
  /** In the order in which they were given up. */
  readonly leftOut: { readonly logs: readonly L[]; readonly documents: readonly Document[] };
}

/** Throws ContextFullError when not even the prompt without logs and documents leaves room for the answer. */
export function planPrefix<L extends Candidate>(request: PlanRequest<L>): Plan<L> {
  const { compose, room, contextLength } = request;
  let logs = request.logs;
  let groups = request.groups;
  let promptIds = compose(groups);
  const leftOut: { logs: L[]; documents: Document[] } = { logs: [], documents: [] };

  while (rowsOf(logs) + promptIds.length + room > contextLength) {
    const log = leastSimilar(logs);
    if (log) {
      leftOut.logs.push(log);
      logs = logs.filter((other) => other !== log);
      continue;
    }
    const oldest = groups.findIndex((group) => group.length > 0);
    if (oldest < 0) throw barePromptTooLong(promptIds.length, room, contextLength);
    leftOut.documents.push(groups[oldest]![0]!);
    // The group stays, even when it is empty now: the lines that open groups number the steps.
    groups = groups.map((group, index) => (index === oldest ? group.slice(1) : group));
    promptIds = compose(groups);
  }
  return { logs, promptIds, documents: groups.flat(), leftOut };
}

/** Of equally similar logs the one that came last. */
function leastSimilar<L extends Candidate>(logs: readonly L[]): L | undefined {
  return logs.reduce<L | undefined>(
    (least, log) => (least && least.similarity < log.similarity ? least : log),
    undefined,
  );
}

function barePromptTooLong(prompt: number, room: number, contextLength: number): ContextFullError {
  return new ContextFullError(
    `The prompt takes ${prompt} tokens without any document, and the answer may take ${room}, but the model has ` +
      `${contextLength} positions. Ask a shorter question, allow fewer new tokens (maxNewTokens), or load a ` +
      "model with a longer context.",
  );
}
