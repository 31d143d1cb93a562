/**
 * Mode `kv`, the default. Encodes all responses of a trace in one forward pass, stores the rows of the last one
 * without rotary position; the next task sees those rows, end to end, as past key/values.
 */
import type { KvSlice } from "../../terms/kv-shape.ts";
import type { LoadedLog, PromptMode } from "./mode.ts";

export const kv: PromptMode = {
  name: "kv",
  remembers: true,
  encoding: "kv",
  tokensOf: (log) => sliceOf(log).tokens,
  place: (logs, promptIds) => ({ prefix: logs.map(sliceOf), ids: promptIds }),
};

function sliceOf(log: LoadedLog): KvSlice {
  return log.slices.kv!;
}
