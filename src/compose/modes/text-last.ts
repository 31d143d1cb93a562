/**
 * Mode `text-last`. Needs no rows: the next task sees the last response of each log as plain tokens, exactly
 * the ids of the slice, where mode `kv` has its rows. Here later logs do see earlier ones.
 */
import type { PromptMode } from "./mode.ts";

export const textLast: PromptMode = {
  name: "text-last",
  remembers: true,
  encoding: null,
  tokensOf: (log) => log.lastIds.length,
  place: (logs, promptIds) => ({ prefix: [], ids: [...logs.flatMap((log) => log.lastIds), ...promptIds] }),
};
