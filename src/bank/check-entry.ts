/** What every bank refuses before it touches storage, and the figures it gives about what it holds. */
import { InputError, KvShapeError, ModelMismatchError } from "../terms/errors.ts";
import { bytesOf, checkSink, checkSlice } from "../terms/kv-shape.ts";
import {
  headersOf,
  type Log,
  type LogMarks,
  type NewLog,
  type SliceEncoding,
  type Slices,
} from "../terms/log.ts";
import type { BankStats } from "./bank.ts";

/** Throws KvShapeError, or LayoutMismatchError, when slices and the log's headers do not describe the same rows. */
export function checkEntry({ log, slices }: NewLog): void {
  const encodings = new Set([...Object.keys(log.slices), ...Object.keys(slices)]) as Set<SliceEncoding>;
  for (const encoding of encodings) {
    const header = log.slices[encoding];
    const slice = slices[encoding];
    if (!header || !slice) {
      throw new KvShapeError(
        `Log ${log.id} has ${header ? "a header but no rows" : "rows but no header"} for the encoding "${encoding}". ` +
          "Give both or neither.",
      );
    }
    checkSlice(slice, header.shape, header.dtype);
    checkSink(slice, header.sink);
    const bytes = bytesOf(header.shape, header.dtype, header.tokens);
    if (header.tokens !== slice.tokens || header.bytes !== bytes) {
      throw new KvShapeError(
        `Log ${log.id} announces ${header.tokens} rows in ${header.bytes} bytes for "${encoding}" and comes with ` +
          `${slice.tokens} rows. Make the header from the slice.`,
      );
    }
  }
}

/** Throws KvShapeError when a slice's arrays are not as long as it says. */
export function checkRows(slices: Slices): void {
  for (const slice of Object.values(slices)) checkSlice(slice, slice.shape, slice.dtype);
}

/** The log with these slices announced too. Throws ModelMismatchError when they are not of the log's model. */
export function withSlices(log: Log, model: string, slices: Slices): Log {
  checkModel(log.id, log.model, model);
  return { ...log, slices: { ...log.slices, ...headersOf(slices) } };
}

/** The log with these marks in place of its own. Those that say nothing are not kept. */
export function withMarks({ marks: _, ...log }: Log, marks: LogMarks = {}): Log {
  const said = Object.fromEntries(Object.entries(marks).filter(([, value]) => value));
  return Object.keys(said).length > 0 ? { ...log, marks: said } : log;
}

/** Throws ModelMismatchError when one model's rows were asked for and another one wrote them. */
export function checkModel(id: string, writer: string, asked: string | undefined): void {
  if (asked === undefined || asked === writer) return;
  throw new ModelMismatchError(
    `The rows of log ${id} were written by the model ${writer} and asked for by ${asked}. ` +
      "Encode the log again with the model that asks.",
  );
}

export function alreadyThere(id: string): InputError {
  return new InputError(`A log with the id ${id} is in the bank already. Use replace, or a new id.`);
}

export function notThere(id: string): InputError {
  return new InputError(
    `There is no log with the id ${id} to change: it was deleted, maybe in another tab. Add it anew.`,
  );
}

export function statsOf(logs: readonly Log[]): BankStats {
  const headers = logs.flatMap(({ slices }) => Object.values(slices));
  return {
    logs: logs.length,
    sliceBytes: headers.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: headers.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

/** Newest first; of logs made in the same millisecond, the one stored last. `logs` are in the order of storing. */
export function newestFirst<L extends Pick<Log, "createdAt">>(logs: readonly L[]): L[] {
  return [...logs].reverse().sort((a, b) => b.createdAt - a.createdAt);
}
