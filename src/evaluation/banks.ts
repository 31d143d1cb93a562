/**
 * What the solvers' banks hold. All of them are filled alike, and only when a question is about to be asked over them;
 * a bank that holds the right logs already stays as it is.
 */
import { type Layout, nameOfLayout } from "../terms/layout.ts";
import { type Mode, type SliceEncoding, unitOf } from "../terms/log.ts";
import { type Answered, traceOf } from "./answered.ts";
import type { Question } from "./question.ts";
import type { Solver } from "./solver.ts";

/** A solver and what is in its bank. */
export interface Reader {
  readonly solver: Solver;
  /** Ids of logs, by the id of the question that left them. */
  readonly logs: Map<string, string>;
  /** Questions of logs, by their ids. */
  readonly names: Map<string, string>;
}

/** Rows and bytes of the slices of one encoding, all logs together. */
export interface BankFigures {
  readonly logs: number;
  readonly rows: number;
  readonly bytes: number;
}

export function emptyReader(solver: Solver): Reader {
  return { solver, logs: new Map(), names: new Map() };
}

/** Empties the bank of a solver. */
export async function clearBank(solver: Solver): Promise<Reader> {
  await solver.deleteAllLogs();
  return emptyReader(solver);
}

/** Stores the log of a question that was answered in `mode`, with the slices that `readBy` read. */
export async function addLog(
  reader: Reader,
  question: Question,
  answered: Answered,
  mode: Mode,
  readBy: readonly Mode[],
  { placement }: Layout,
): Promise<void> {
  // What was never said cannot be encoded.
  if (answered.steps.length === 0) return;
  const logId = await reader.solver.remember(traceOf(answered, mode), readBy, placement);
  if (logId !== null) noteLog(reader, question, logId);
}

/** The question left a log in the reader's bank. */
export function noteLog({ logs, names }: Reader, { id, question }: Question, logId: string): void {
  if (id !== undefined) logs.set(id, logId);
  names.set(logId, question);
}

/** What the slices that a mode reads take up in a bank. Null for a mode that reads none. */
export async function bankFigures(solver: Solver, mode: Mode, layout: Layout): Promise<BankFigures | null> {
  if (unitOf(mode) !== "row") return null;
  const encoding = `${mode}${nameOfLayout(layout)}` as SliceEncoding;
  const headers = (await solver.listLogs()).flatMap(({ slices }) => slices[encoding] ?? []);
  return {
    logs: headers.length,
    rows: headers.reduce((sum, { tokens }) => sum + tokens, 0),
    bytes: headers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
