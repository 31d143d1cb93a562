/** Which slices a log is given when it is stored. */
import { kv } from "../compose/modes/kv.ts";
import type { Encoding } from "../compose/modes/mode.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import type { ModelInfo } from "../engine/engine.ts";
import type { Mode } from "../terms/log.ts";

/**
 * What each of these modes reads, and always that of the default mode: a log must stay usable there. Nothing, where
 * the model's rows cannot be kept.
 */
export function recordedEncodings(modes: readonly Mode[], { noRows }: Pick<ModelInfo, "noRows">): Encoding[] {
  if (noRows !== undefined) return [];
  const read = modes.map((mode) => PROMPT_MODES[mode].encoding).filter((encoding) => encoding !== null);
  return [...new Set([kv.encoding, ...read])];
}
