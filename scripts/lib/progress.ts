/** How far a long run is, on standard error: done, total, time left. */

import { roughly } from "../../src/app/words.ts";
import type { Progress, TaskCount } from "../../src/evaluation/ask-passes.ts";
import { timeLeft } from "../../src/evaluation/time-left.ts";

const INTERVAL_MS = 5000;

/** What a run will ask, before it asks. */
export function printCount({ tasks, kept, passes }: TaskCount): void {
  for (const pass of passes) {
    console.error(
      `  ${pass.label}: ${tasksOf(pass.tasks)}${pass.kept > 0 ? `, ${pass.kept} there already` : ""}`,
    );
  }
  console.error(
    kept === 0
      ? `${tasksOf(tasks)} to ask`
      : `${tasks - kept} of ${tasksOf(tasks)} to ask; the others are there`,
  );
}

/** Prints now and then, and at the end of each piece of work. */
export function createProgressPrinter(): (progress: Progress) => void {
  const left = timeLeft();
  let shown = 0;
  return ({ label, done, total, all }) => {
    const milliseconds = all ? left(all.done, all.total) : null;
    const now = Date.now();
    if (done < total && now - shown < INTERVAL_MS) return;
    shown = now;
    const whole = all && all.done < all.total ? `; ${all.done}/${all.total} of all` : "";
    const time = whole === "" || milliseconds === null ? "" : `, ${roughly(milliseconds)} left`;
    console.error(`${label}: ${done}/${total}${whole}${time}`);
  };
}

function tasksOf(count: number): string {
  return count === 1 ? "1 task" : `${count} tasks`;
}
