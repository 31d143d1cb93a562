/**
 * The report of an evaluation: one object for one dataset, one model and one backend, as `npm run eval --json` prints
 * it (one a line) and as the page draws it. Plain data: what was set, figures of every mode with intervals, where they
 * differ from mode none and from the perfect reader, curves, and costs. Percent are of 100, times milliseconds.
 */
import type { Backend } from "../engine/engine.ts";
import type { Limits } from "../runtime/limits.ts";
import type { Layout } from "../terms/layout.ts";
import type { Mode } from "../terms/log.ts";
import type { RetrievalInUse } from "../terms/retrieval.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";
import type { Thoughts } from "../terms/thoughts.ts";
import type { Interval } from "./bootstrap.ts";
import type { Comparison, Ratio } from "./compare.ts";
import type { Gains } from "./gains.ts";
import type { Summary } from "./report.ts";

export type ByMode<T> = Partial<Record<Mode, T>>;

/** Figures of the unseen questions stand at the top, those of the others behind their names. */
export interface EvaluationReport extends PartReport {
  readonly setting: Setting;
  /** Numbers of documents in the corpus while the bank is filled (`seen`) and during the test (`unseen`). */
  readonly documents: { readonly source: string; readonly seen: number; readonly unseen: number };
  /** Seen questions, asked again: the question's own log is in the bank. */
  readonly seen?: PartReport;
  /** Over a growing number of logs, in each mode that reads them. `x` = logs in the bank. */
  readonly bankSizes?: { readonly seed: number; readonly curves: ByMode<readonly CurvePoint[]> };
  /** Over k. `x` = logs that a step brings, at most. */
  readonly ks?: { readonly curves: ByMode<readonly CurvePoint[]> };
  /** Questions one after the other; each finished task's log can serve the next. Begins with an empty bank. */
  readonly dynamic?: DynamicReport;
}

/** What figures depend on. */
export interface Setting {
  /** Name of the file or files of questions. */
  readonly dataset: string;
  /** Form of the file, as its reader names it: "2WikiMultiHop", "MuSiQue", … */
  readonly form: string;
  /** Questions that fill the bank, and that are asked. */
  readonly questions: { readonly seen: number; readonly unseen: number };
  /** Unseen questions that stand among the seen ones too, word for word: their own logs are in the bank. Absent: none. */
  readonly alsoSeen?: number;
  /** How one file was split. Null: two files, or one part alone. */
  readonly split: { readonly unseenShare: number; readonly seed: number } | null;
  readonly model: ModelOfReport;
  readonly backend: Backend;
  readonly retrieval: RetrievalInUse;
  /** What became of what the model thought. Absent: drop. */
  readonly thoughts?: Thoughts;
  readonly limits: Limits;
  readonly layout: Layout;
  /** Questions in the other words that the file has. */
  readonly again: boolean;
  /** Logs as the questions name them, not as retrieval finds them. */
  readonly front: boolean;
}

/** Its similarity floors hold where the limits do not say. Absent: its configuration does not say. */
export interface ModelOfReport extends SimilarityFloors {
  readonly name: string;
  readonly fingerprint: string;
  /** Modes that the model was trained for. Null: its configuration does not say. */
  readonly trainedModes: readonly Mode[] | null;
}

export interface PartReport {
  readonly modes: ByMode<ModeReport>;
  /** Every other mode against mode none, question by question, where that was asked. */
  readonly againstNone?: ByMode<Comparison>;
  /** Where the differences to mode none come from. */
  readonly gains?: ByMode<Gains>;
  /** A reader that misses nothing, under the same retrieval: the ceiling of each mode. */
  readonly oracle?: ByMode<ReaderReport>;
  readonly againstOracle?: ByMode<Comparison>;
  /**
   * Steps of the oracle in each mode over its own in mode none, on the questions that the model answers rightly in
   * both: the ceiling of `stepsBothRight`. Absent too from reports that were made before it was counted.
   */
  readonly oracleBothRight?: ByMode<Ratio>;
}

/** How a reader, model or oracle, fares with the questions of a part. */
export interface ReaderReport extends Summary {
  readonly byType: Readonly<Record<string, Summary>>;
  /** Exact match if every task were stopped after step `x`, for each step up to the limit. */
  readonly iterations: readonly IterationPoint[];
}

export interface ModeReport extends ReaderReport {
  readonly costs: Costs;
}

export interface IterationPoint {
  /** Steps. */
  readonly x: number;
  /** Percent. */
  readonly em: number;
  readonly emInterval: Interval | null;
}

export type CurvePoint = { readonly x: number } & Summary;

/** Means over all questions, or over all steps of them. Times are milliseconds. */
export interface Costs {
  /** From a step's query to the first token of its response: retrieval, what is put in front, prompt. Over steps. */
  readonly firstToken: Spread;
  /** Of a task, without its record. */
  readonly task: Spread;
  /** Rows (modes `kv…`) or tokens (other modes) in front of a prompt; a step. */
  readonly prefixRows: number;
  /** A step. */
  readonly promptTokens: number;
  /** Said in a task, what prepares its steps too. */
  readonly newTokens: number;
  /** Rows that a task reads from the bank, each log once. Zero where logs stand in front as text. */
  readonly rowsRead: number;
  /** Null where the size of a row is not known. */
  readonly bytesRead: number | null;
  /** Of the slices that the mode reads, all logs together. Null where it reads none. */
  readonly bankBytes: number | null;
}

export interface Spread {
  readonly mean: number;
  readonly median: number;
}

/** Figures over all questions in this order. */
export interface DynamicReport extends PartReport {
  /** Of the order. */
  readonly seed: number;
  readonly questions: number;
  /** Questions that a point of `moving` looks back on. */
  readonly window: number;
  readonly curves: ByMode<OrderCurve>;
}

export interface OrderPoint {
  /** Questions so far. */
  readonly x: number;
  /** Percent. */
  readonly em: number;
  /** Mean. */
  readonly steps: number;
}

/** One point a question, in the order in which they were asked. */
export interface OrderCurve {
  /** Over all questions so far. */
  readonly cumulative: readonly OrderPoint[];
  /** Over the last `window` questions; begins where there are so many. */
  readonly moving: readonly OrderPoint[];
}
