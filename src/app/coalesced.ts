/** Work that many events ask for, done once for all that came while it was being done. */

/** Times as long as the last run took: what else the page has to do comes first. */
const REST = 4;
/** A run that had to wait for something else (a model that loads) says nothing about how long a rest must be. */
const MOST_REST_MS = 1000;

/**
 * Returns a function that runs `work` at most once at a time. Calls that come meanwhile are answered by one more
 * run, after a rest. The promise it returns ends when a run that began after the call has ended.
 */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<number> {
    const began = performance.now();
    await work();
    return performance.now() - began;
  }

  function start(): Promise<void> {
    const done = run();
    const rested = done.then(
      (took) => pause(Math.min(REST * took, MOST_REST_MS)),
      () => {},
    );
    running = rested;
    void rested.then(() => {
      if (running === rested) running = undefined;
    });
    return done.then(() => {});
  }

  return () => {
    if (!running) return start();
    next ??= running.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
