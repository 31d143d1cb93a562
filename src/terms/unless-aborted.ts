/** Waits for what takes no signal of its own: a model that loads for all who ask, whether or not one of them stops. */
import { throwIfAborted } from "./errors.ts";

/** What `promise` gives. Throws AbortError as soon as `signal` aborts; what was waited for goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const first = await Promise.race([promise, aborted]);
  throwIfAborted(signal);
  return first as T;
}
