/** A reply as it is said, which can be stopped. */
import { createLag, type LagOptions } from "web-lag";

export async function stream(modelUrl: string, show: (text: string) => void, options: LagOptions = {}) {
  const lag = await createLag(modelUrl, options);
  const stop = new AbortController();
  const chunks = await lag.chat.completions.create(
    { messages: [{ role: "user", content: "Say hello." }], stream: true },
    { signal: stop.signal }, // stop.abort() ends it, and nothing is kept
  );
  for await (const { choices } of chunks) show(choices[0]?.delta.content ?? "");
  lag.close();
}
