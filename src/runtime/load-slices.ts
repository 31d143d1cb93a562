/**
 * Retrieved ids → logs that are ready for the model that runs. What another model wrote, or what lost its rows,
 * is encoded anew from its text and, by tasks that record, replaced in the bank; its old ids and rows are never used.
 */
import type { LogBank } from "../bank/bank.ts";
import type { LoadedLog, PromptMode, ReadyLog } from "../compose/modes/mode.ts";
import type { Engine } from "../engine/engine.ts";
import { encodeTrace } from "../record/encode-trace.ts";
import type { Ranked } from "../terms/document.ts";
import { isNamed, messageOf, throwIfAborted } from "../terms/errors.ts";
import { checkSlice } from "../terms/kv-shape.ts";
import type { Log } from "../terms/log.ts";
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
  const { question } = log;
  if (stored && ours(log))
    return { id, question, similarity, lastIds: log.responseIds.at(-1)!, slices: stored };

  const { rows, ...encoded } = await encodeTrace(log.responses, options.engine, { signal: options.signal });
  options.onNotice({
    code: "re-encoded",
    text:
      log.model === encoded.model
        ? `The rows of the log "${question}" were missing or damaged and were made again.`
        : `The log "${question}" was written by another model and was encoded again for this one.`,
  });
  if (options.record) await replaceOrTell({ log: { ...log, ...encoded }, slices: rows }, options);
  return { id, question, similarity, lastIds: encoded.responseIds.at(-1)!, slices: rows };
}

/** The slices that the mode needs, or null when they are not there as this model needs them. */
async function storedSlices(
  log: Log,
  { mode, engine, bank }: LoadOptions,
): Promise<LoadedLog["slices"] | null> {
  if (log.responseIds.length === 0) return null;
  if (mode.encoding === null) return {};
  try {
    const slice = await bank.slice(log.id, mode.encoding, engine.model.fingerprint);
    if (!slice) return null;
    checkSlice(slice, engine.model.shape, engine.model.dtype);
    return { [mode.encoding]: slice };
  } catch (error) {
    if (isNamed(error, "KvShapeError") || isNamed(error, "ModelMismatchError")) return null;
    throw error;
  }
}

/** The rows serve this task even when they cannot be stored; the next one will have to make them again. */
async function replaceOrTell(
  entry: Parameters<LogBank["replace"]>[0],
  { bank, onNotice }: LoadOptions,
): Promise<void> {
  try {
    await bank.replace(entry);
  } catch (error) {
    onNotice({
      code: "replace-failed",
      text: `A log that was encoded again was not stored: ${messageOf(error)}`,
    });
  }
}
