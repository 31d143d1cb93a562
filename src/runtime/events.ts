/** What a task reports while it runs, and what it leaves. Noun-verb names; everything is plain data. */
import type { Preparation } from "../compose/modes/mode.ts";
import type { Backend, Sampling } from "../engine/engine.ts";
import type { Document } from "../terms/document.ts";
import type { Placement, Recording } from "../terms/layout.ts";
import type { Mode, Outcome } from "../terms/log.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";
import type { TaskKind } from "../terms/task-kind.ts";

/** A log that stood in front of a prompt. */
export interface UsedLog {
  readonly id: string;
  readonly question: string;
  /** Of the query that brought it, in [0, 1]. */
  readonly similarity: number;
  /** Steps that its own task took. */
  readonly steps: number;
  /** Rows (modes `kv…`) or tokens (modes `text-…`) that it put in front by itself: in mode `reflection` none. */
  readonly rows: number;
}

export type Action =
  | { readonly type: "answer"; readonly text: string }
  | { readonly type: "keywords"; readonly text: string }
  | { readonly type: "subquestion"; readonly text: string }
  /** No tag: the whole response is the next query. */
  | { readonly type: "none"; readonly text: string };

export interface Step {
  /** 1-based. */
  readonly number: number;
  readonly query: string;
  /** What the trace keeps: with the model's thoughts in front only where the engine keeps them. */
  readonly response: string;
  /** What the model thought before it responded. Absent: nothing. */
  readonly thoughts?: string;
  readonly action: Action;
  /** Logs in front of this step's prompt, in the order of their rows. */
  readonly logs: readonly UsedLog[];
  /** Titles of all documents in this step's prompt. */
  readonly documents: readonly string[];
  /** Logs and documents that were retrieved but did not fit. */
  readonly leftOut: LeftOut;
  /** What was generated to make what stands in front: the cheat sheet of mode `reflection`. */
  readonly preparation?: Preparation;
  /** Rows or tokens put in front. */
  readonly prefixRows: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  readonly timings: StepTimings;
}

export interface LeftOut {
  /** Ids. */
  readonly logs: readonly string[];
  /** Titles. */
  readonly documents: readonly string[];
  /** How many earlier turns of the conversation, the oldest ones. Absent: none. */
  readonly turns?: number;
}

/**
 * Milliseconds. `retrieve`, `prepare`, `prefix` and `generate` add up to the step; `firstToken` is part of `generate`.
 */
export interface StepTimings {
  readonly retrieve: number;
  /** Making what stands in front of the logs: a generation in mode `reflection`, next to nothing in others. */
  readonly prepare: number;
  /** Reading slices, planning, and placing the rows. */
  readonly prefix: number;
  /** Reading the prompt, until the first token was chosen. */
  readonly firstToken: number;
  /** Reading the prompt and saying the response. */
  readonly generate: number;
}

export interface Notice {
  /** Short and stable, for programs: "retrieval-failed", "record-failed", "left-out", "re-encoded", … */
  readonly code: string;
  /** One sentence for people. */
  readonly text: string;
}

export type LagEvent =
  | { readonly type: "step-start"; readonly step: number; readonly query: string }
  /** What this step's query brought: logs and documents that were not there before. */
  | {
      readonly type: "retrieve-end";
      readonly step: number;
      readonly logs: readonly UsedLog[];
      readonly documents: readonly Document[];
    }
  /** What the model says to prepare the step, before its response. */
  | { readonly type: "preparation-delta"; readonly step: number; readonly text: string }
  | { readonly type: "prefix-end"; readonly step: number; readonly rows: number; readonly leftOut: LeftOut }
  /** What a thinking model thinks before its response, its marks included. */
  | { readonly type: "thoughts-delta"; readonly step: number; readonly text: string }
  | { readonly type: "text-delta"; readonly step: number; readonly text: string }
  | { readonly type: "step-end"; readonly step: Step }
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "record-end"; readonly logId: string; readonly rows: number };

/** What was asked and answered before in the same conversation. */
export interface ChatTurn {
  readonly question: string;
  readonly answer: string;
}

/** A task and how to solve it. Defaults are the paper's values. */
export interface Task extends SimilarityFloors {
  readonly question: string;
  /**
   * Default `knowledge`: facts come from documents. In a `reasoning` task the response of the step before stands in
   * the next prompt. A `chat` task is one step whose whole response is the answer, without instruction or documents.
   */
  readonly kind?: TaskKind;
  /** Earlier turns of the conversation, oldest first: they stand between the logs and the prompt's own message. */
  readonly turns?: readonly ChatTurn[];
  /** Default `kv`. */
  readonly mode?: Mode;
  /** Where logs stand. Default `front`, as published. */
  readonly placement?: Placement;
  /**
   * Which rows the task leaves, and which it reads of logs. Default `re-encode`, as published. `live`: those with which
   * the last response was said; in mode `kv` logs without such rows are left out, and other modes of rows have none.
   */
  readonly recording?: Recording;
  /** Logs a step. Default 3. */
  readonly logsPerStep?: number;
  /**
   * Ids of logs that stand in front of every step, in this order, instead of what retrieval finds: also those without
   * an answer. An empty list: none. Default: logs are retrieved.
   */
  readonly logs?: readonly string[];
  /** Documents a step. Default 2; in a reasoning task 0. */
  readonly documentsPerStep?: number;
  /** From 1 to 64. Default 8; in a reasoning task 3. */
  readonly maxSteps?: number;
  /** Tokens a step. Default 1,024; never more than the model's configuration says. */
  readonly maxNewTokens?: number;
  /** Whether the finished task leaves a log, and may replace logs of another model. Default true. */
  readonly record?: boolean;
  /**
   * Id of the log that this task's log takes the place of: it is not retrieved, and deleted once the new one is
   * stored. A task that fails, is stopped or leaves no log leaves it where it is.
   */
  readonly replaces?: string;
  /** Whether logs without an answer may be retrieved. Default false. */
  readonly unansweredLogs?: boolean;
  /** Default greedy. */
  readonly sampling?: Sampling;
}

export interface TaskResult {
  readonly question: string;
  /** Text of the last non-empty `<ans>`, or null. */
  readonly answer: string | null;
  readonly outcome: Outcome;
  readonly mode: Mode;
  readonly placement: Placement;
  readonly recording: Recording;
  readonly backend: Backend;
  readonly steps: readonly Step[];
  readonly responses: readonly string[];
  /** Every log that stood in front of some step, in order of first use. */
  readonly logs: readonly UsedLog[];
  readonly notices: readonly Notice[];
  /** The log that this task left, or null when none was stored. */
  readonly logId: string | null;
  readonly timings: TaskTimings;
}

/** Milliseconds. */
export interface TaskTimings {
  readonly total: number;
  readonly retrieve: number;
  readonly prepare: number;
  readonly prefix: number;
  /** Of the first step. */
  readonly firstToken: number;
  readonly generate: number;
  /** Coming by the rows of the log, and storing it. */
  readonly record: number;
}
