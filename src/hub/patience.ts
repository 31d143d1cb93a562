/** How long a hub is waited for, and how often it is asked again, when the fault may pass. */
import { AbortError } from "../terms/errors.ts";

export interface Patience {
  /** Attempts in a row that bring nothing, after which it is given up. */
  readonly attempts: number;
  /** Before the second attempt, in milliseconds; doubles with each further one. */
  readonly pauseMs: number;
  /** The longest pause that a hub may ask for. */
  readonly longestPauseMs: number;
  /** Silence after which a connection counts as broken. */
  readonly stallMs: number;
}

export const PATIENCE: Patience = {
  attempts: 6,
  pauseMs: 1_000,
  longestPauseMs: 60_000,
  stallMs: 30_000,
};

/** A fault that may pass: another attempt is worth it. The message says what happened, without a cure. */
export class PassingError extends Error {
  /** What the hub asks for, or undefined. */
  readonly pauseMs: number | undefined;

  constructor(message: string, pauseMs?: number) {
    super(message);
    this.pauseMs = pauseMs;
  }
}

export interface Persistence {
  readonly patience: Patience;
  readonly signal?: AbortSignal | undefined;
  /** Whether the attempt that just failed brought something: then counting begins anew. Default no. */
  readonly progressed?: () => boolean;
  /** The error of who gives up, from the last fault. */
  readonly giveUp: (last: PassingError) => Error;
}

/** Attempts until one succeeds or fails for good. Throws what `giveUp` makes, AbortError, and what is no PassingError. */
export async function persistently<T>(
  attempt: () => Promise<T>,
  { patience, signal, progressed = () => false, giveUp }: Persistence,
): Promise<T> {
  for (let failed = 0; ; ) {
    throwIfStopped(signal);
    try {
      return await attempt();
    } catch (error) {
      throwIfStopped(signal);
      if (!(error instanceof PassingError)) throw error;
      failed = progressed() ? 1 : failed + 1;
      const pause = error.pauseMs ?? patience.pauseMs * 2 ** (failed - 1);
      if (failed >= patience.attempts || pause > patience.longestPauseMs) throw giveUp(error);
      await sleep(pause, signal);
    }
  }
}

/**
 * Runs a request and ends it when nothing moves any more: `alive` says that something did. Throws PassingError for
 * silence, and what `run` throws.
 */
export async function watched<T>(
  stallMs: number,
  parent: AbortSignal | undefined,
  run: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), stallMs);
  };
  alive();
  try {
    return await run(parent ? AbortSignal.any([parent, silence.signal]) : silence.signal, alive);
  } catch (error) {
    if (silence.signal.aborted) throw new PassingError(`nothing came for ${stallMs / 1000} seconds`);
    throw error;
  } finally {
    clearTimeout(timer);
    silence.abort(); // an answer that was not read to its end lets go of its connection
  }
}

/** Throws AbortError when the signal was aborted. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AbortError("The download was stopped. What had arrived is kept.");
}

/** Ends early, without a word, when the signal aborts: whoever goes on looks at it. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });
}
