/** Pieces of work, shared by workers that are alike. */
import { throwIfAborted } from "../terms/errors.ts";

/**
 * Each worker takes the next item when it is free. One that fails ends the others after the item that they are at;
 * so does the signal. Throws what failed first, or AbortError.
 */
export async function shareWork<T, W>(
  items: readonly T[],
  workers: readonly W[],
  work: (item: T, worker: W) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const left = [...items];
  let failed = false;
  const run = async (worker: W): Promise<void> => {
    while (left.length > 0 && !failed) {
      throwIfAborted(signal);
      await work(left.shift()!, worker);
    }
  };
  const runs = workers.map((worker) =>
    run(worker).catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const ended = await Promise.allSettled(runs);
  const failure = ended.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
}
