/** Runs what each encoding asks for through the engine, one pass each, and keeps the rows that it names. */
import type { Encoding, TraceTokens } from "../compose/modes/mode.ts";
import type { Engine } from "../engine/engine.ts";
import { ContextFullError, InputError } from "../terms/errors.ts";
import { headersOf, type Log, type Slices } from "../terms/log.ts";

/** The parts of a log that belong to one model. */
export type EncodedTrace = Pick<Log, "model" | "responseIds" | "slices"> & { readonly rows: Slices };

export interface EncodeOptions {
  readonly engine: Engine;
  readonly encodings: readonly Encoding[];
  readonly signal?: AbortSignal | undefined;
}

/** Throws InputError for a trace without a response, ContextFullError for one longer than the model's context. */
export async function encodeTrace(
  trace: TraceTokens,
  { engine, encodings, signal }: EncodeOptions,
): Promise<EncodedTrace> {
  if (trace.responses.length === 0) {
    throw new InputError(
      "A trace without a response was given, expected at least one. Record finished tasks only.",
    );
  }
  const spans = encodings.map((encoding) => ({ name: encoding.name, ...encoding.span(trace) }));
  for (const { ids } of spans) checkLength(ids.length, trace, engine);
  const rows: Slices = {};
  for (const { name, ids, from, to } of spans) rows[name] = await engine.encode(ids, from, to, { signal });
  const { fingerprint: model } = engine.model;
  return { model, responseIds: trace.responseIds, slices: headersOf(rows), rows };
}

function checkLength(tokens: number, { responses }: TraceTokens, { model }: Engine): void {
  if (tokens <= model.contextLength) return;
  throw new ContextFullError(
    `The ${responses.length} responses of the task take ${tokens} tokens, but the model has ` +
      `${model.contextLength} positions. Allow fewer steps (maxSteps) or fewer new tokens a step (maxNewTokens).`,
  );
}
