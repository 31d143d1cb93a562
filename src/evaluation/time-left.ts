/**
 * How long a run of many tasks will still take, in milliseconds, by what its tasks took so far: those since the first
 * call, of an earlier run's it knows nothing. Called after each task; where it is called before the first too, as while
 * a bank is filled, the last such call begins the count. Null as long as nothing was finished since.
 */
export function timeLeft(now: () => number = () => performance.now()) {
  let first: { readonly at: number; readonly done: number } | undefined;
  return (done: number, total: number): number | null => {
    if (first === undefined || done === first.done) first = { at: now(), done };
    const finished = done - first.done;
    return finished > 0 ? ((now() - first.at) / finished) * (total - done) : null;
  };
}
