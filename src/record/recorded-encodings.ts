/** Which slices a log is given when it is stored. */
import { kv } from "../compose/modes/kv.ts";
import type { Encoding } from "../compose/modes/mode.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import type { Mode } from "../terms/log.ts";

/** What each of these modes reads, and always that of the default mode: a log must stay usable there. */
export function recordedEncodings(modes: readonly Mode[]): Encoding[] {
  const read = modes.map((mode) => PROMPT_MODES[mode].encoding).filter((encoding) => encoding !== null);
  return [...new Set([kv.encoding, ...read])];
}
