/**
 * Retrieved ids → logs that are ready for the mode and the model that runs. What another model wrote is encoded anew
 * from its text: its ids and rows are never used. A log of this model whose slice is not there, because no task
 * needed it yet or because it was lost, gets it from its stored ids. Tasks that record keep what was made.
 */
import type { LogBank } from "../bank/bank.ts";
import type { LoadedLog, PromptMode, ReadyLog, TraceTokens } from "../compose/modes/mode.ts";
import type { Engine } from "../engine/engine.ts";
import { encodeTrace } from "../record/encode-trace.ts";
import { recordedEncodings } from "../record/recorded-encodings.ts";
import { traceTokens } from "../record/trace-tokens.ts";
import type { Ranked } from "../terms/document.ts";
import { isNamed, messageOf, throwIfAborted } from "../terms/errors.ts";
import { checkSlice } from "../terms/kv-shape.ts";
import type { Log, Slices } from "../terms/log.ts";
import type { Notice } from "./events.ts";

export interface LoadOptions {
  readonly mode: PromptMode;
  readonly engine: Engine;
  readonly bank: LogBank;
  /** Whether the task may write to the bank: what it encodes anew is else made again by the next one. */
  readonly record: boolean;
  readonly onNotice: (notice: Notice) => void;
  readonly signal: AbortSignal | undefined;
}

/** In the order of `found`. A log that cannot be used is left away with a notice; one deleted since, without. */
export async function loadLogs(found: readonly Ranked[], options: LoadOptions): Promise<ReadyLog[]> {
  const ready: ReadyLog[] = [];
  for (const ranked of found) {
    throwIfAborted(options.signal);
    try {
      const loaded = await loadLog(ranked, options);
      if (loaded) ready.push({ ...loaded, tokens: options.mode.tokensOf(loaded) });
    } catch (error) {
      if (isNamed(error, "AbortError")) throw error;
      options.onNotice({ code: "log-failed", text: `A log could not be used: ${messageOf(error)}` });
    }
  }
  return ready;
}

/** Undefined when the log is gone. */
async function loadLog({ id, similarity }: Ranked, options: LoadOptions): Promise<LoadedLog | undefined> {
  const { bank, engine } = options;
  const ours = ({ model }: Log) => model === engine.model.fingerprint;
  const found = await bank.get(id);
  const stored = found && ours(found) ? await storedSlices(found, options) : null;
  // Log and rows are two reads: in between, a tab with another model may have put its own rows there.
  const log = found && (await bank.get(id));
  if (!log) return undefined;
  const known = ours(log) && log.responseIds.length === log.responses.length;
  const trace = known
    ? { responses: log.responses, responseIds: log.responseIds, tokenizer: engine }
    : traceTokens(log.responses, engine);
  const slices = known ? (stored ?? (await addSlice(log, trace, options))) : await renew(log, trace, options);
  return { id, question: log.question, similarity, trace, slices };
}

/** The slice that the mode needs, made from the stored ids and given to the log. */
async function addSlice(log: Log, trace: TraceTokens, options: LoadOptions): Promise<Slices> {
  const { mode, engine, bank, signal } = options;
  // A mode without an encoding never lacks a slice.
  const encodings = mode.encoding ? [mode.encoding] : [];
  const { rows } = await encodeTrace(trace, { engine, encodings, signal });
  const lost = encodings.some(({ name }) => log.slices[name]);
  options.onNotice({
    code: "re-encoded",
    text: lost
      ? `The rows of the log "${log.question}" were missing or damaged and were made again.`
      : `The log "${log.question}" had no rows for mode ${mode.name} yet; they were made.`,
  });
  await storeOrTell(() => bank.putSlices(log.id, engine.model.fingerprint, rows), options);
  return rows;
}

/** All that belongs to a model, made anew from the text of what another one wrote. */
async function renew(log: Log, trace: TraceTokens, options: LoadOptions): Promise<Slices> {
  const { mode, engine, bank, signal } = options;
  const encodings = recordedEncodings([mode.name]);
  const { rows, ...encoded } = await encodeTrace(trace, { engine, encodings, signal });
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

/** The slices that the mode needs, or null when they are not there as this model needs them. */
async function storedSlices(log: Log, { mode, engine, bank }: LoadOptions): Promise<Slices | null> {
  if (mode.encoding === null) return {};
  const { name } = mode.encoding;
  try {
    const slice = await bank.slice(log.id, name, engine.model.fingerprint);
    if (!slice) return null;
    checkSlice(slice, engine.model.shape, engine.model.dtype);
    return { [name]: slice };
  } catch (error) {
    if (isNamed(error, "KvShapeError") || isNamed(error, "ModelMismatchError")) return null;
    throw error;
  }
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
