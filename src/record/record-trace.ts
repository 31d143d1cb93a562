/** Trace → log: encodes what was said and stores it with its rows, both or neither. */
import type { LogBank } from "../bank/bank.ts";
import type { Engine } from "../engine/engine.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { Log, Mode, Trace } from "../terms/log.ts";
import { encodeTrace } from "./encode-trace.ts";
import { recordedEncodings } from "./recorded-encodings.ts";
import { traceTokens } from "./trace-tokens.ts";

export interface Recorder {
  readonly engine: Engine;
  readonly bank: LogBank;
  /** Where the log is made: the origin of the page. */
  readonly origin: string;
}

export interface RecordOptions {
  /** Modes that will read the log besides its own and the default: their slices are stored at once. */
  readonly modes?: readonly Mode[];
  readonly signal?: AbortSignal | undefined;
}

/** Stores every finished trace, right or wrong: at run time there is no gold answer. Returns the stored log. */
export async function recordTrace(
  trace: Trace,
  { engine, bank, origin }: Recorder,
  { modes = [], signal }: RecordOptions = {},
): Promise<Log> {
  const encodings = recordedEncodings([trace.mode, ...modes]);
  const tokens = traceTokens(trace.responses, engine);
  const { rows, ...encoded } = await encodeTrace(tokens, { engine, encodings, signal });
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
