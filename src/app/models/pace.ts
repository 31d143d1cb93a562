/**
 * How fast models speak on the processor: of the one that runs it is measured, of another it is reckoned by its size
 * alone, since nothing else is known before it is fetched. Pure.
 */
import type { TaskResult } from "../../runtime/events.ts";

export interface Pace {
  /** Of the model that ran. */
  readonly weightBytes: number;
  /** Tokens a second, in its last answer, without the time to the first one. */
  readonly tokens: number;
}

/** Undefined where it did not run on the processor, or said too little to tell. */
export function paceOf({ backend, steps }: TaskResult, weightBytes: number): Pace | undefined {
  if (backend !== "wasm") return undefined;
  let tokens = 0;
  let milliseconds = 0;
  for (const { newTokens, timings } of steps) {
    tokens += Math.max(0, newTokens - 1);
    milliseconds += timings.generate - timings.firstToken;
  }
  return tokens > 0 && milliseconds > 0 ? { weightBytes, tokens: (1000 * tokens) / milliseconds } : undefined;
}

/** Tokens a second of a model with so many bytes of weights. */
export function reckonedPace(pace: Pace, weightBytes: number): number {
  return (pace.tokens * pace.weightBytes) / weightBytes;
}
