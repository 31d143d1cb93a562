/** The worker's end of a streamed call: events go out over the port, "stop" comes in over it. */
import type { EndMessage, StopMessage } from "../src/client/protocol.ts";

const END: EndMessage = "end";
const STOP: StopMessage = "stop";

/**
 * Runs a call that reports over `port`. `signal` is aborted when the page sends "stop". The last message is
 * "end", so that the page knows that it has heard everything.
 */
export async function streamOver<Message, Result>(
  port: MessagePort,
  run: (send: (message: Message) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  port.onmessage = (event: MessageEvent) => {
    if (event.data === STOP) controller.abort();
  };
  try {
    return await run((message) => port.postMessage(message), controller.signal);
  } finally {
    // Not closed here: a close may overtake what was posted. The page closes its end, and that ends both.
    port.postMessage(END);
  }
}
