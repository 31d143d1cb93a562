/** What was said while a task was solved (trace), and what is kept of it (log). */
import { bytesOf, type KvDtype, type KvShape, type KvSlice } from "./kv-shape.ts";
import type { LayoutName, Recording } from "./layout.ts";

/** Modes that this version runs. What each one means: the `modes` folder and docs/terms.md. */
export const MODES = [
  "none",
  "text-last",
  "text-all",
  "kv",
  "kv-last-action",
  "kv-all",
  "kv-isolated",
  "reflection",
] as const;
export type Mode = (typeof MODES)[number];

export type RowsMode = Extract<Mode, `kv${string}`>;

/** Which rows of a trace a slice holds: named after the mode that reads them, and their layout, as "kv/sink-first". */
export type SliceEncoding = `${RowsMode}${LayoutName}`;

/** What a mode puts in front of a prompt is counted in: rows as they were kept, or tokens to be read. */
export function unitOf(mode: Mode): "row" | "token" {
  return mode.startsWith("kv") ? "row" : "token";
}

/** The mode that puts as text what this one puts as rows, for models whose rows cannot be carried; else the mode itself. */
export function textInstead(mode: Mode): Mode {
  if (unitOf(mode) === "token") return mode;
  return mode === "kv-all" ? "text-all" : "text-last";
}

/** Whether tasks of a mode may record so, and read what others recorded: live rows are those that mode `kv` reads. */
export function allows(mode: Mode, recording: Recording): boolean {
  return recording === "re-encode" || mode === "kv" || unitOf(mode) === "token";
}

/** How a task ended. `unknown` = the model answered that it does not know; `unanswered` = the steps ran out. */
export type Outcome = "answered" | "unknown" | "unanswered";

/** One task, as it was solved: the question and every response, step by step. */
export interface Trace {
  readonly question: string;
  /** Every model response in order, without end-of-turn tokens. */
  readonly responses: readonly string[];
  /** The text of the last non-empty `<ans>` tag, or null. */
  readonly answer: string | null;
  readonly outcome: Outcome;
  /** Mode in which the task was solved. */
  readonly mode: Mode;
  /** Ids of logs that stood in front of any step of it: where its content may come from. */
  readonly usedLogs: readonly string[];
  /** Titles of documents that were read. */
  readonly usedDocuments: readonly string[];
}

/** A log as the bank keeps it, without its rows. */
export interface Log {
  readonly id: string;
  readonly question: string;
  readonly responses: readonly string[];
  readonly answer: string | null;
  readonly outcome: Outcome;
  /** Number of generate calls that the task took. */
  readonly steps: number;
  readonly mode: Mode;
  readonly usedLogs: readonly string[];
  readonly usedDocuments: readonly string[];
  /** Token ids of each response followed by a blank line, as `record` makes them. One array a response. */
  readonly responseIds: readonly (readonly number[])[];
  /** Fingerprint of weights, tokenizer and rotary configuration of the model that wrote ids and slices. */
  readonly model: string;
  /** What the slices of this log look like, by encoding. */
  readonly slices: Partial<Record<SliceEncoding, SliceHeader>>;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Where the log was made: the origin of the page, or the name of an import. */
  readonly origin: string;
  /** Absent: nothing was said about it. */
  readonly marks?: LogMarks;
}

/** What a person has said about a log. */
export interface LogMarks {
  /** Comes before all others that a search finds. */
  readonly pinned?: boolean;
  /** No search finds it. */
  readonly never?: boolean;
  /** Of its answer: a log that is wrong is not found, one that is right is, whatever its outcome. */
  readonly verdict?: "right" | "wrong";
}

/** Whether a search may find a log. `unanswered`: also those without an answer. */
export function isUsable(
  { outcome, marks = {} }: Pick<Log, "outcome" | "marks">,
  unanswered: boolean,
): boolean {
  if (marks.never || marks.verdict === "wrong") return false;
  return unanswered || marks.verdict === "right" || outcome === "answered";
}

export interface SliceHeader {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly tokens: number;
  readonly bytes: number;
  /** Hash of the sink that it was encoded behind. Absent: behind nothing. */
  readonly sink?: string;
  /** What live rows could attend to besides the response itself. Absent: responses only. */
  readonly saw?: Sight;
}

/** The prompt of the step in which a last response was said. */
export interface Sight {
  readonly question: string;
  /** Titles, in the order of the prompt. */
  readonly documents: readonly string[];
  /** Ids of the logs in front, which the log's mode had there as rows or as text. */
  readonly logs: readonly string[];
  /** Whether the response of the step before stood in the prompt, as in reasoning tasks. */
  readonly previous: boolean;
}

export function headerOf({ shape, dtype, tokens, sink }: KvSlice): SliceHeader {
  return { shape, dtype, tokens, bytes: bytesOf(shape, dtype, tokens), ...(sink !== undefined && { sink }) };
}

/** Rows of a log's last response, in whatever layout it keeps them; 0 when it keeps none. */
export function rowsOfLastResponse({ slices }: Pick<Log, "slices">): number {
  const kept = Object.entries(slices).find(([name]) => name === "kv" || name.startsWith("kv/"));
  return kept?.[1].tokens ?? 0;
}

/** Bytes of all its slices. */
export function bytesOfLog({ slices }: Pick<Log, "slices">): number {
  return Object.values(slices).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Slices by encoding. */
export type Slices = Partial<Record<SliceEncoding, KvSlice>>;

/** What the log of these slices says about them. */
export function headersOf(slices: Slices): Log["slices"] {
  return Object.fromEntries(Object.entries(slices).map(([encoding, slice]) => [encoding, headerOf(slice)]));
}

/** A log and its slices: they are stored together or not at all. */
export interface NewLog {
  readonly log: Log;
  readonly slices: Slices;
}

/** The text that retrieval indexes for a log: question, line break, last response (method, step 2). */
export function indexTextOf(log: Pick<Log, "question" | "responses">): string {
  return `${log.question}\n${log.responses.at(-1) ?? ""}`;
}
