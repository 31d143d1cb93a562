/** What a load asks for → where the engine reads the model. */
import type { LoadOptions } from "../src/client/protocol.ts";
import type { LoadEngineOptions } from "../src/engine/load-engine.ts";
import { openOpfsStore } from "../src/hub/opfs-store.ts";
import { completeModel, storedFetch, storedUrl } from "../src/hub/stored-models.ts";
import { InputError } from "../src/terms/errors.ts";

/** Throws InputError, StorageError for a model that is not in this browser. */
export async function openModel({
  modelUrl,
  model,
}: Pick<LoadOptions, "modelUrl" | "model">): Promise<
  Pick<LoadEngineOptions, "modelUrl" | "fetch" | "weights">
> {
  if (typeof model === "object" && "stored" in model) {
    const store = await openOpfsStore();
    const stored = await completeModel(store, model.stored);
    return { modelUrl: storedUrl(stored), fetch: storedFetch(store, stored), weights: stored.graph };
  }
  if (modelUrl !== undefined) return { modelUrl };
  throw new InputError(
    "No model was named. Give modelUrl, the URL of a model folder on the page's own origin, or model.",
  );
}
