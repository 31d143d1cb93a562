/** A mode whose logs stand in front as plain tokens: exactly those whose rows another mode has in their place. */
import type { Mode } from "../../terms/log.ts";
import { type Encoding, eachByItself, idsKept, type LoadedLog, type PromptMode } from "./mode.ts";

/** Needs no rows; `like` only says which tokens. Later logs see earlier ones, as rows do not. */
export function textMode(name: Mode, like: Encoding): PromptMode {
  const idsOf = (log: LoadedLog) => idsKept(like, log.trace);
  return {
    name,
    remembers: true,
    encoding: null,
    tokensOf: (log) => idsOf(log).length,
    prepare: eachByItself((log) => ({ prefix: [], ids: idsOf(log) })),
  };
}
