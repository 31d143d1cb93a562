/**
 * The two things that an evaluation is given: who answers its questions (a built page in headless Chromium, the worker
 * of this page, the runtime itself), and where finished work is kept (JSON lines, a database, memory).
 */
import type { Backend, ModelInfo } from "../engine/engine.ts";
import type { Task, TaskResult } from "../runtime/events.ts";
import type { Document } from "../terms/document.ts";
import type { Placement } from "../terms/layout.ts";
import type { Log, Mode, Trace } from "../terms/log.ts";
import type { RetrievalInUse } from "../terms/retrieval.ts";
import { floorsOf } from "../terms/similarity-floors.ts";
import type { Thoughts } from "../terms/thoughts.ts";
import type { ModelOfReport } from "./evaluation-report.ts";

/** What answers depend on besides the data. */
export interface SolverIdentity {
  readonly model: ModelOfReport;
  readonly backend: Backend;
  readonly retrieval: RetrievalInUse;
  /** Which build of the runtime answers. */
  readonly runtime: string;
  /** What becomes of what the model thinks. Absent: drop. */
  readonly thoughts?: Thoughts;
}

/** What a report says of a model. */
export function modelOfReport(model: ModelInfo): ModelOfReport {
  const { name, fingerprint, trainedModes } = model;
  return { name, fingerprint, trainedModes: trainedModes ?? null, ...floorsOf(model) };
}

/** The part of the runtime that an evaluation drives. Its bank is the evaluation's own, and empty at the start. */
export interface Solver {
  readonly identity: SolverIdentity;
  /** Replaces the documents that questions are answered from. */
  setCorpus(documents: readonly Document[]): Promise<unknown>;
  /** Null when the question does not fit into the model's context, which asking again would not change. */
  ask(task: Task): Promise<TaskResult | null>;
  /** Encodes a trace for these modes and stores its log. Returns the log's id; null when the trace does not fit. */
  remember(trace: Trace, modes: readonly Mode[], placement: Placement): Promise<string | null>;
  listLogs(): Promise<readonly Pick<Log, "id" | "slices">[]>;
  deleteAllLogs(): Promise<void>;
}

/** Numbered entries of finished work. */
export interface Entries<T> {
  get(n: number): T | undefined;
  /** Entry `n` outlives a crash when this has returned. */
  put(n: number, value: T): void | Promise<void>;
}

export interface Store {
  /** The entries that an earlier run left under this name, or none yet. `configuration`: what they are made with. */
  open<T>(name: string, configuration: object): Promise<Entries<T>>;
}
