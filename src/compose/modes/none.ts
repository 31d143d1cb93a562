/**
 * Mode `none`, the plain loop. Encodes nothing to be used, and the next task sees nothing of earlier ones.
 * Its tasks leave logs like all others: that is how a bank is first filled.
 */
import type { PromptMode } from "./mode.ts";

export const none: PromptMode = {
  name: "none",
  remembers: false,
  encoding: null,
  tokensOf: () => 0,
  prepare: async () => ({ pieces: [], leftOut: [] }),
};
