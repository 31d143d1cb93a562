/**
 * One worker, from its start to its end. A worker that is terminated or crashes tells nobody: no event fires.
 * So it holds a Web Lock of its own name while it lives, and the page waits for that lock: whoever gets it
 * knows that the worker is gone.
 */
import { WorkerDiedError } from "../terms/errors.ts";
import type { AliveMessage } from "./protocol.ts";
import { requireSecurePage } from "./secure-page.ts";
import { startRuntimeWorker } from "./worker-scripts.ts";

const ALIVE: AliveMessage = "alive";
/** Long enough to fetch the worker's script over a slow line. */
const START_MS = 60_000;

export interface WorkerLife {
  readonly worker: Worker;
  /** Never resolves; rejects with WorkerDiedError when the worker has ended. Race every call against it. */
  readonly died: Promise<never>;
  /** Ends the worker now. What is pending is rejected. */
  end(reason: string): void;
}

/** Starts a worker's script. `options` have to reach the worker as they are: its name is its lock's. */
export type CreateWorker = (options: WorkerOptions) => Worker;

/**
 * Starts a worker. `onDeath` is called once, unless the end was asked for with `end`. Throws LagError on a page that
 * came over plain http.
 */
export function startWorker(
  onDeath: (error: WorkerDiedError) => void,
  create: CreateWorker = startRuntimeWorker,
): WorkerLife {
  requireSecurePage();
  const name = `web-lag-${crypto.randomUUID()}`;
  const worker = create({ type: "module", name });
  let dead = false;
  let reject: (error: WorkerDiedError) => void;
  const died = new Promise<never>((_, rejectDied) => {
    reject = rejectDied;
  });
  // Nobody may be waiting at that moment; that is no unhandled error.
  died.catch(() => {});

  function die(message: string, expected: boolean): void {
    if (dead) return;
    dead = true;
    clearTimeout(late);
    const error = new WorkerDiedError(message);
    worker.terminate();
    reject(error);
    if (!expected) onDeath(error);
  }

  let alive = false;
  // Until it says that it lives there is no lock to wait for.
  const late = setTimeout(
    () =>
      die(
        `The worker that runs the model did not start within ${START_MS / 1000} seconds. The next question starts a new one.`,
        false,
      ),
    START_MS,
  );
  worker.addEventListener("message", (event: MessageEvent) => {
    if (event.data !== ALIVE || alive) return;
    alive = true;
    clearTimeout(late);
    void navigator.locks.request(name, () =>
      die(
        "The worker that runs the model ended while it was needed. The next question starts a new one.",
        false,
      ),
    );
  });
  worker.addEventListener("error", (event) => {
    // Once it lives, an uncaught error inside does not end a worker.
    if (alive) console.error("In the worker:", event.message);
    else
      die(
        `The worker could not be started (${event.message || "its script did not load"}). Reload the page.`,
        false,
      );
  });
  return { worker, died, end: (reason) => die(reason, true) };
}
