/** A call whose events come over a port of their own while it runs, and which can be stopped over the same port. */
import type { EndMessage, StopMessage } from "./protocol.ts";

const END: EndMessage = "end";
const STOP: StopMessage = "stop";

/**
 * Starts a call with a port to transfer, hands every message to `onMessage`, and returns what the call returns,
 * after its last event: two ports have no common order, so the end of the stream is waited for.
 * Aborting `signal` asks the other side to stop; the call then rejects with an AbortError of its own.
 */
export async function streamed<Message, Result>(
  start: (port: MessagePort) => Promise<Result>,
  onMessage: ((message: Message) => void) | undefined,
  signal?: AbortSignal,
): Promise<Result> {
  const { port1: here, port2: there } = new MessageChannel();
  const ended = new Promise<void>((resolve) => {
    here.onmessage = (event: MessageEvent<Message | EndMessage>) => {
      if (event.data === END) resolve();
      else onMessage?.(event.data as Message);
    };
  });
  const stop = () => here.postMessage(STOP);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const result = await start(there);
    await ended;
    return result;
  } finally {
    signal?.removeEventListener("abort", stop);
    here.close();
  }
}
