/** Trace → log: comes by its rows, and stores it with them, both or neither. */
import type { LogBank } from "../bank/bank.ts";
import { PROMPT_PLACEMENTS } from "../compose/placements/prompt-placements.ts";
import type { Engine } from "../engine/engine.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { Layout } from "../terms/layout.ts";
import type { Log, Mode, Trace } from "../terms/log.ts";
import { recordedEncodings } from "./recorded-encodings.ts";
import type { Captured } from "./recordings/recording.ts";
import { ROWS_RECORDINGS } from "./recordings/rows-recordings.ts";
import { traceTokens } from "./trace-tokens.ts";

export interface Recorder {
  readonly engine: Engine;
  readonly bank: LogBank;
  /** Where the log is made: the origin of the page. */
  readonly origin: string;
}

export interface RecordOptions extends Partial<Layout> {
  /** Modes that will read the log besides its own and the default: their slices are stored at once. */
  readonly modes?: readonly Mode[];
  /** What was captured of the last response, for a recording that needs it. */
  readonly captured?: Captured | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Stores every finished trace, right or wrong: at run time there is no gold answer. Returns the stored log. */
export async function recordTrace(
  trace: Trace,
  { engine, bank, origin }: Recorder,
  { modes = [], placement = "front", recording = "re-encode", captured, signal }: RecordOptions = {},
): Promise<Log> {
  const { rows, ...encoded } = await ROWS_RECORDINGS[recording].encode(traceTokens(trace.responses, engine), {
    engine,
    encodings: recordedEncodings([trace.mode, ...modes], engine.model),
    placement: PROMPT_PLACEMENTS[placement],
    captured,
    signal,
  });
  throwIfAborted(signal);
  const log: Log = {
    id: crypto.randomUUID(),
    question: trace.question,
    responses: trace.responses,
    answer: trace.answer,
    outcome: trace.outcome,
    steps: trace.responses.length,
    mode: trace.mode,
    usedLogs: trace.usedLogs,
    usedDocuments: trace.usedDocuments,
    ...encoded,
    createdAt: Date.now(),
    origin,
  };
  await bank.add({ log, slices: rows });
  return log;
}
