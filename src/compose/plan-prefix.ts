/**
 * What goes in front of the model in one step: prefix + prompt + room for the answer must fit its context.
 * The least similar logs are left out first, then the oldest turns of the conversation, then the oldest documents.
 * Nothing is cut in the middle.
 */
import type { Document } from "../terms/document.ts";
import { ContextFullError } from "../terms/errors.ts";
import { rowsOf } from "../terms/kv-shape.ts";

/** A piece of what stands in front, as the plan sees it: what a log became, or several together. */
export interface Candidate {
  readonly similarity: number;
  /** Positions that it takes in front of the prompt. */
  readonly tokens: number;
}

export interface PlanRequest<P extends Candidate> {
  /** In the order in which their logs came. */
  readonly pieces: readonly P[];
  /** Documents of each step, oldest step first. */
  readonly groups: readonly (readonly Document[])[];
  /** Earlier turns of the conversation. */
  readonly turns: number;
  /** Prompt token ids with these documents in it, and the newest `turns` of the earlier turns. */
  readonly compose: (groups: readonly (readonly Document[])[], turns: number) => number[];
  /** Tokens that the response may take. */
  readonly room: number;
  readonly contextLength: number;
}

export interface Plan<P extends Candidate> {
  /** Still in their order. */
  readonly pieces: readonly P[];
  readonly promptIds: readonly number[];
  readonly documents: readonly Document[];
  /** In the order in which they were given up. */
  readonly leftOut: LeftOutOfPlan<P>;
}

interface LeftOutOfPlan<P> {
  readonly pieces: readonly P[];
  readonly documents: readonly Document[];
  readonly turns: number;
}

/** Throws ContextFullError when not even the prompt without logs, earlier turns and documents leaves room for the answer. */
export function planPrefix<P extends Candidate>(request: PlanRequest<P>): Plan<P> {
  const { compose, room, contextLength } = request;
  let pieces = request.pieces;
  let groups = request.groups;
  let turns = request.turns;
  let promptIds = compose(groups, turns);
  const leftOut: { pieces: P[]; documents: Document[] } = { pieces: [], documents: [] };

  while (rowsOf(pieces) + promptIds.length + room > contextLength) {
    const piece = leastSimilar(pieces);
    if (piece) {
      leftOut.pieces.push(piece);
      pieces = pieces.filter((other) => other !== piece);
      continue;
    }
    if (turns > 0) {
      turns -= 1;
      promptIds = compose(groups, turns);
      continue;
    }
    const oldest = groups.findIndex((group) => group.length > 0);
    if (oldest < 0) throw barePromptTooLong(promptIds.length, room, contextLength);
    leftOut.documents.push(groups[oldest]![0]!);
    // The group stays, even when it is empty now: the lines that open groups number the steps.
    groups = groups.map((group, index) => (index === oldest ? group.slice(1) : group));
    promptIds = compose(groups, turns);
  }
  const given = { ...leftOut, turns: request.turns - turns };
  return { pieces, promptIds, documents: groups.flat(), leftOut: given };
}

/** Of equally similar ones the one that came last. */
export function leastSimilar<T extends { readonly similarity: number }>(all: readonly T[]): T | undefined {
  return all.reduce<T | undefined>(
    (least, one) => (least && least.similarity < one.similarity ? least : one),
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
