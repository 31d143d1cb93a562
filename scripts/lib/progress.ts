/** How far a long run is, on standard error: done, total, time left. */

const INTERVAL_MS = 5000;

/** Returns the function to call after each piece of work. `done` pieces were there before. */
export function startProgress(label: string, total: number, done: number): () => void {
  const before = done;
  const started = Date.now();
  let shown = 0;
  if (done > 0) console.error(`${label}: ${done} of ${total} are there from an earlier run`);
  return () => {
    done += 1;
    const now = Date.now();
    if (done < total && now - shown < INTERVAL_MS) return;
    shown = now;
    const left = ((now - started) / (done - before)) * (total - done);
    console.error(`${label}: ${done}/${total}${done < total ? `, ${durationOf(left)} left` : ""}`);
  };
}

export function durationOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
