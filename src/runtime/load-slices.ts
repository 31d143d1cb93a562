/**
 * Retrieved ids → logs that are ready for the mode, the layout and the model that runs. What another model wrote is
 * encoded anew from its text: its ids and rows are never used. A log of this model whose slice is not there, because
 * no task needed it yet, because it was lost, or because it stood behind another sink, gets it from its tokens.
 * Tasks that record keep what was made. Live rows cannot be made: a task that reads them goes without other logs.
 */
import type { LogBank } from "../bank/bank.ts";
import type { Encoding, LoadedLog, PromptMode, ReadyLog, TraceTokens } from "../compose/modes/mode.ts";
import type { PromptPlacement } from "../compose/placements/placement.ts";
import type { Engine } from "../engine/engine.ts";
import { hashOfSink } from "../engine/sink.ts";
import { encodeTrace, nameOfSlice } from "../record/encode-trace.ts";
import { recordedEncodings } from "../record/recorded-encodings.ts";
import type { RowsRecording } from "../record/recordings/recording.ts";
import { traceTokens } from "../record/trace-tokens.ts";
import type { Ranked } from "../terms/document.ts";
import { isNamed, messageOf, throwIfAborted } from "../terms/errors.ts";
import { checkSink, checkSlice } from "../terms/kv-shape.ts";
import type { Log, SliceEncoding, Slices } from "../terms/log.ts";
import type { Notice } from "./events.ts";

export interface LoadOptions {
  readonly mode: PromptMode;
  readonly placement: PromptPlacement;
  readonly recording: RowsRecording;
  readonly engine: Engine;
  readonly bank: LogBank;
  /** Whether the task may write to the bank: what it encodes anew is else made again by the next one. */
  readonly record: boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly signal: AbortSignal | undefined;
}

/** The slice that a task reads of each log: its name, and how it is made. Null in a mode that reads none. */
type Reading = { readonly name: SliceEncoding; readonly encoding: Encoding } | null;
type Loading = LoadOptions & { readonly reads: Reading };

/** In the order of `found`. A log that cannot be used is left away with a notice; one deleted since, without. */
export async function loadLogs(found: readonly Ranked[], options: LoadOptions): Promise<ReadyLog[]> {
  const { mode, placement, recording, onNotice, signal } = options;
  const layout = { placement: placement.name, recording: recording.name };
  const { encoding } = mode;
  const loading = { ...options, reads: encoding && { encoding, name: nameOfSlice(encoding, layout) } };
  const ready: ReadyLog[] = [];
  for (const ranked of found) {
    throwIfAborted(signal);
    try {
      const loaded = await loadLog(ranked, loading);
      if (loaded) ready.push({ ...loaded, tokens: mode.tokensOf(loaded) });
    } catch (error) {
      if (isNamed(error, "AbortError")) throw error;
      onNotice({ code: "log-failed", text: `A log could not be used: ${messageOf(error)}` });
    }
  }
  return ready;
}

/** Undefined when the log is gone, or lacks rows that cannot be made. */
async function loadLog({ id, similarity }: Ranked, options: Loading): Promise<LoadedLog | undefined> {
  const { bank, engine, reads, recording } = options;
  const ours = ({ model }: Log) => model === engine.model.fingerprint;
  const found = await bank.get(id);
  const stored = found && ours(found) ? await storedSlice(found, options) : "missing";
  // Log and rows are two reads: in between, a tab with another model may have put its own rows there.
  const log = found && (await bank.get(id));
  if (!log) return undefined;
  const known = ours(log) && log.responseIds.length === log.responses.length;
  const trace = known
    ? { responses: log.responses, responseIds: log.responseIds, tokenizer: engine }
    : traceTokens(log.responses, engine);
  const loaded = { id, question: log.question, similarity, trace };
  if (known && typeof stored === "object") return { ...loaded, ...stored };
  // Nothing of it is this model's to store, and another model's rows stay.
  if (!reads && engine.model.noRows !== undefined) return loaded;
  if (reads && !recording.remakes) {
    options.onNotice({
      code: "rows-missing",
      text: `The log "${log.question}" has no ${recording.name} rows of this model and was left out.`,
    });
    return undefined;
  }
  const rows = known ? await addSlice(log, trace, stored, options) : await renew(log, trace, options);
  const slice = reads && rows[reads.name];
  return slice ? { ...loaded, slice } : loaded;
}

/** What the mode reads of a log, as the bank has it, or why that cannot be used. */
type Stored = Pick<LoadedLog, "slice"> | "missing" | "of another sink";

async function storedSlice(log: Log, { reads, engine, bank, placement }: Loading): Promise<Stored> {
  if (!reads) return {};
  try {
    const slice = await bank.slice(log.id, reads.name, engine.model.fingerprint);
    if (!slice) return "missing";
    checkSlice(slice, engine.model.shape, engine.model.dtype);
    checkSink(slice, await hashOfSink(placement.sinkOf(engine)));
    return { slice };
  } catch (error) {
    if (isNamed(error, "KvShapeError") || isNamed(error, "ModelMismatchError")) return "missing";
    if (isNamed(error, "LayoutMismatchError")) return "of another sink";
    throw error;
  }
}

/** The slice that the mode needs, made from the log's tokens and given to the log. */
async function addSlice(log: Log, trace: TraceTokens, stored: Stored, options: Loading): Promise<Slices> {
  const { reads, engine, bank, placement, signal } = options;
  // A mode that reads no slice never lacks one.
  const { encoding, name } = reads!;
  const { rows } = await encodeTrace(trace, { engine, encodings: [encoding], placement, signal });
  options.onNotice({ code: "re-encoded", text: whyMade(log, name, stored) });
  await storeOrTell(() => bank.putSlices(log.id, engine.model.fingerprint, rows), options);
  return rows;
}

function whyMade({ question, slices }: Log, name: SliceEncoding, stored: Stored): string {
  if (stored === "of another sink")
    return `The rows of the log "${question}" stood behind another beginning of prompts and were made again.`;
  return slices[name]
    ? `The rows of the log "${question}" were missing or damaged and were made again.`
    : `The log "${question}" had no rows for mode ${name} yet; they were made.`;
}

/** All that belongs to a model, made anew from the text of what another one wrote. */
async function renew(log: Log, trace: TraceTokens, options: Loading): Promise<Slices> {
  const { mode, engine, bank, placement, signal } = options;
  const encodings = recordedEncodings([mode.name], engine.model);
  const { rows, ...encoded } = await encodeTrace(trace, { engine, encodings, placement, signal });
  options.onNotice({
    code: "re-encoded",
    text:
      log.model === encoded.model
        ? `The token ids of the log "${log.question}" were missing and were made again.`
        : `The log "${log.question}" was written by another model and was encoded again for this one.`,
  });
  await storeOrTell(() => bank.replace({ log: { ...log, ...encoded }, slices: rows }), options);
  return rows;
}

/** The rows serve this task even when they cannot be stored; the next one will have to make them again. */
async function storeOrTell(store: () => Promise<void>, { record, onNotice }: LoadOptions): Promise<void> {
  if (!record) return;
  try {
    await store();
  } catch (error) {
    onNotice({
      code: "replace-failed",
      text: `A log that was encoded again was not stored: ${messageOf(error)}`,
    });
  }
}
