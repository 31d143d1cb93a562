/**
 * Lets waiting events in while work goes on. On wasm a run of the graph ends without ever leaving the current
 * task, so a message that says "stop" would wait for the end of the response.
 */

/** Milliseconds of work after which events get their turn. */
const TURN = 16;

/** Returns a function to await often: it costs nothing until a turn has passed. */
export function createPause(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < TURN) return;
    await nextTask();
    last = performance.now();
  };
}

/** A timer would do, but browsers make nested timers wait 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
