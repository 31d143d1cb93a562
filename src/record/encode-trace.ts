/** Runs all responses of a trace through the engine once and keeps the rows of the last one. */
import type { Engine } from "../engine/engine.ts";
import { ContextFullError, InputError } from "../terms/errors.ts";
import { bytesOf, type KvSlice } from "../terms/kv-shape.ts";
import type { Log, NewLog } from "../terms/log.ts";
import { traceIds } from "./trace-ids.ts";

/** The parts of a log that belong to one model. */
export type EncodedTrace = Pick<Log, "model" | "responseIds" | "slices"> & {
  readonly rows: NewLog["slices"];
};

export interface EncodeOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Throws InputError for a trace without a response, ContextFullError for one longer than the model's context. */
export async function encodeTrace(
  responses: readonly string[],
  engine: Engine,
  { signal }: EncodeOptions = {},
): Promise<EncodedTrace> {
  if (responses.length === 0) {
    throw new InputError(
      "A trace without a response was given, expected at least one. Record finished tasks only.",
    );
  }
  const { ids, responseIds, from, to } = traceIds(responses, (text) => engine.tokenize(text));
  const { contextLength, fingerprint } = engine.model;
  if (ids.length > contextLength) {
    throw new ContextFullError(
      `The ${responses.length} responses of the task take ${ids.length} tokens, but the model has ` +
        `${contextLength} positions. Allow fewer steps (maxSteps) or fewer new tokens a step (maxNewTokens).`,
    );
  }
  const slice = await engine.encode(ids, from, to, signal);
  return { model: fingerprint, responseIds, slices: { kv: headerOf(slice) }, rows: { kv: slice } };
}

function headerOf({ shape, dtype, tokens }: KvSlice) {
  return { shape, dtype, tokens, bytes: bytesOf(shape, dtype, tokens) };
}
