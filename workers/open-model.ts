/** What a load asks for → where the engine reads the model, or the embedder its own. */
import type { LoadOptions } from "../src/client/protocol.ts";
import type { Fetch } from "../src/engine/fetch-file.ts";
import { openOpfsStore } from "../src/hub/opfs-store.ts";
import { completeModel, storedFetch, storedUrl } from "../src/hub/stored-models.ts";
import { InputError } from "../src/terms/errors.ts";

export interface Opened {
  readonly modelUrl: string;
  readonly fetch?: Fetch;
  /** Path of the weights in the folder. Default: what the folder says. */
  readonly weights?: string;
}

/** Throws InputError, StorageError for a model that is not in this browser. */
export async function openModel({
  modelUrl,
  model,
}: Pick<LoadOptions, "modelUrl" | "model">): Promise<Opened> {
  const stored = await openStored(model);
  if (stored) return stored;
  if (modelUrl !== undefined) return { modelUrl };
  throw new InputError(
    "No model was named. Give modelUrl, the URL of a model folder on the page's own origin, or model.",
  );
}

/** Undefined when nothing that is kept in this browser was named. Throws StorageError. */
export async function openStored(named: LoadOptions["model"]): Promise<Opened | undefined> {
  if (typeof named !== "object" || !("stored" in named)) return undefined;
  const store = await openOpfsStore();
  const stored = await completeModel(store, named.stored);
  return { modelUrl: storedUrl(stored), fetch: storedFetch(store, stored), weights: stored.graph };
}
