/** Every mode by its name. A new mode is one more file and one more line here. */
import type { Mode } from "../../terms/log.ts";
import { kv } from "./kv.ts";
import type { PromptMode } from "./mode.ts";
import { none } from "./none.ts";
import { textLast } from "./text-last.ts";

export const PROMPT_MODES: Readonly<Record<Mode, PromptMode>> = { none, "text-last": textLast, kv };
