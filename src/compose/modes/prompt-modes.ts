/** Every mode by its name. A new mode is one more file and one more line here. */
import type { Mode } from "../../terms/log.ts";
import { kv } from "./kv.ts";
import { kvAll } from "./kv-all.ts";
import { kvIsolated } from "./kv-isolated.ts";
import { kvLastAction } from "./kv-last-action.ts";
import type { PromptMode } from "./mode.ts";
import { none } from "./none.ts";
import { reflection } from "./reflection.ts";
import { textAll } from "./text-all.ts";
import { textLast } from "./text-last.ts";

export const PROMPT_MODES: Readonly<Record<Mode, PromptMode>> = {
  none,
  "text-last": textLast,
  "text-all": textAll,
  kv,
  "kv-last-action": kvLastAction,
  "kv-all": kvAll,
  "kv-isolated": kvIsolated,
  reflection,
};
