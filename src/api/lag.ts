/** A model that remembers, in one call: connects, loads, sets the corpus. */
import { type Client, type ConnectOptions, connect } from "../client/connect.ts";
import type { LoadOptions, LoadProgress, LoadResult } from "../client/protocol.ts";
import type { Document } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import { type ChatCompletions, createCompletions } from "./chat-completions.ts";

export interface LagOptions extends Partial<Omit<LoadOptions, "modelUrl">>, Pick<ConnectOptions, "worker"> {
  /** What tasks read. Without one a request is answered in one reply, unless it names another kind. */
  readonly corpus?: readonly Document[];
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Used instead of a worker of its own: a fake, or one that others use too. It hears no `onProgress` of this one. */
  readonly client?: Client;
}

export interface Lag {
  readonly chat: { readonly completions: ChatCompletions };
  /** Everything else: tasks with their events, the corpus, logs. */
  readonly client: Client;
  /** How the model came up. */
  readonly loaded: LoadResult;
  /** Ends the worker. */
  close(): void;
}

/** `modelUrl`: a model folder on the page's own origin. Throws what loading throws. */
export async function createLag(modelUrl: string, options: LagOptions = {}): Promise<Lag> {
  const { corpus, onProgress, worker, client: given, backend = "auto", ...load } = options;
  if (typeof modelUrl !== "string" || modelUrl === "") {
    throw new InputError(
      `modelUrl is ${JSON.stringify(modelUrl)}, expected the URL of a model folder. Give one on this page's origin.`,
    );
  }
  const client = given ?? connect({ ...(onProgress && { onProgress }), ...(worker && { worker }) });
  try {
    const loaded = await client.load({ modelUrl, backend, ...load });
    if (corpus) await client.setCorpus(corpus);
    const kind = corpus ? "knowledge" : "chat";
    const completions = createCompletions(client, { model: loaded.model.name, kind });
    return { chat: { completions }, client, loaded, close: () => client.close() };
  } catch (error) {
    if (!given) client.close();
    throw error;
  }
}
