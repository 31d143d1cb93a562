/**
 * How long a run of many tasks will still take, in milliseconds, by what its tasks took so far. Called after each task;
 * null after the first, whose beginning is not known. Tasks that an earlier run finished are among `done` from the start.
 */
export function timeLeft(now: () => number = () => performance.now()) {
  let first: { readonly at: number; readonly done: number } | undefined;
  return (done: number, total: number): number | null => {
    first ??= { at: now(), done };
    const finished = done - first.done;
    return finished > 0 ? ((now() - first.at) / finished) * (total - done) : null;
  };
}
