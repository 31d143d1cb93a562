/** How a page learns that a worker lives, and later that it does not. */
import type { AliveMessage } from "../src/client/protocol.ts";
import { LagError } from "../src/terms/errors.ts";

const ALIVE: AliveMessage = "alive";

/**
 * Holds a Web Lock of the worker's own name until it ends, in whatever way: the page takes the lock as the sign of it.
 * To be called once everything else is ready. Throws LagError in a worker without a name.
 */
export function sayAlive(): void {
  if (self.name === "") {
    throw new LagError(
      "The worker has no name, so nobody can tell whether it lives. Start it with the options that web-lag gives: " +
        "worker: (options) => new Worker(url, options).",
    );
  }
  void navigator.locks.request(self.name, () => {
    self.postMessage(ALIVE);
    return new Promise<never>(() => {});
  });
}
