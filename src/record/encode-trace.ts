/** Runs what each encoding asks for through the engine, one pass each, and keeps the rows that it names. */
import type { Encoding, TraceTokens } from "../compose/modes/mode.ts";
import type { PromptPlacement } from "../compose/placements/placement.ts";
import type { Engine } from "../engine/engine.ts";
import { ContextFullError, InputError } from "../terms/errors.ts";
import { type Layout, nameOfLayout } from "../terms/layout.ts";
import { headersOf, type Log, type SliceEncoding, type Slices } from "../terms/log.ts";

/** The parts of a log that belong to one model. */
export type EncodedTrace = Pick<Log, "model" | "responseIds" | "slices"> & { readonly rows: Slices };

export interface EncodeTraceOptions {
  readonly engine: Engine;
  readonly encodings: readonly Encoding[];
  /** Where the log is going to stand: each pass runs behind the sink of this placement. */
  readonly placement: PromptPlacement;
  readonly signal?: AbortSignal | undefined;
}

/** Throws InputError for a trace without a response, ContextFullError for one longer than the model's context. */
export async function encodeTrace(
  trace: TraceTokens,
  { engine, encodings, placement, signal }: EncodeTraceOptions,
): Promise<EncodedTrace> {
  if (trace.responses.length === 0) {
    throw new InputError(
      "A trace without a response was given, expected at least one. Record finished tasks only.",
    );
  }
  const sink = placement.sinkOf(engine);
  const spans = encodings.map((encoding) => ({
    name: nameOfSlice(encoding, { placement: placement.name, recording: "re-encode" }),
    ...encoding.span(trace),
  }));
  for (const { ids } of spans) checkLength(sink.length + ids.length, trace, engine);
  const rows: Slices = {};
  for (const { name, ids, from, to } of spans)
    rows[name] = await engine.encode(ids, from, to, { sink, signal });
  const { fingerprint: model } = engine.model;
  return { model, responseIds: trace.responseIds, slices: headersOf(rows), rows };
}

/** The name of what an encoding leaves in a layout. */
export function nameOfSlice(encoding: Encoding, layout: Layout): SliceEncoding {
  return `${encoding.name}${nameOfLayout(layout)}`;
}

function checkLength(tokens: number, { responses }: TraceTokens, { model }: Engine): void {
  if (tokens <= model.contextLength) return;
  throw new ContextFullError(
    `The ${responses.length} responses of the task take ${tokens} tokens, but the model has ` +
      `${model.contextLength} positions. Allow fewer steps (maxSteps) or fewer new tokens a step (maxNewTokens).`,
  );
}
