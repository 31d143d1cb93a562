/** A model that remembers, in one call: connects, loads, sets the corpus. */
import { type Client, type ConnectOptions, connect } from "../client/connect.ts";
import type { LoadModel, LoadOptions, LoadProgress, LoadResult, StoredKey } from "../client/protocol.ts";
import type { Document } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import { type ChatCompletions, createCompletions } from "./chat-completions.ts";

export interface LagOptions
  extends Partial<Omit<LoadOptions, "modelUrl" | "model">>,
    Pick<ConnectOptions, "worker" | "hubWorker"> {
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

/**
 * `model`: URL of a model folder on the page's own origin, or a model of a hub, `{ id: … }`, or one that is kept here,
 * `{ stored: … }`. Throws what loading throws.
 */
export async function createLag(
  model: string | LoadModel | StoredKey,
  options: LagOptions = {},
): Promise<Lag> {
  const { corpus, onProgress, worker, hubWorker, client: given, backend = "auto", ...load } = options;
  if (typeof model === "string" ? model === "" : typeof model !== "object" || model === null) {
    throw new InputError(
      `model is ${JSON.stringify(model)}, expected the URL of a model folder, { id } or { stored }. Give one of them.`,
    );
  }
  const client =
    given ??
    connect({
      ...(onProgress && { onProgress }),
      ...(worker && { worker }),
      ...(hubWorker && { hubWorker }),
    });
  try {
    const loaded = await client.load({
      ...(typeof model === "string" ? { modelUrl: model } : { model }),
      backend,
      ...load,
    });
    if (corpus) await client.setCorpus(corpus);
    const kind = corpus ? "knowledge" : "chat";
    const completions = createCompletions(client, { model: loaded.model.name, kind });
    return { chat: { completions }, client, loaded, close: () => client.close() };
  } catch (error) {
    if (!given) client.close();
    throw error;
  }
}
