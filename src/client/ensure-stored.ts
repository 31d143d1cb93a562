/** A load that names models of hubs → one that names them as they are kept in this browser, fetched first. */
import { needsEmbedder, readRetrieval } from "../terms/retrieval.ts";
import { connectHub, type HubClient } from "./connect-hub.ts";
import type { LoadModel, LoadOptions, LoadProgress } from "./protocol.ts";
import { roomHere } from "./told-memory.ts";
import type { CreateWorker } from "./worker-life.ts";

/** Whether a worker could begin with it at once. */
export function isAtHand({ model, embedder }: LoadOptions): boolean {
  return isHere(model) && isHere(embedder);
}

export interface EnsureStored {
  /** Starts the worker that fetches. Default: its script beside this one. */
  readonly worker?: CreateWorker | undefined;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Throws as `HubClient.ensure` does, and InputError. A token is in nothing that comes back. */
export async function ensureStored(
  options: LoadOptions,
  { worker, onProgress }: EnsureStored,
): Promise<LoadOptions> {
  const { model, embedder, backend, anyMemory = false } = options;
  const hub = connectHub(worker);
  try {
    const room = anyMemory ? undefined : await roomHere();
    const ensure = { backend, onProgress: asLoading(onProgress), ...(room !== undefined && { room }) };
    const own = isHere(model) ? model : await keyOf(hub, model, { ...ensure, role: "decoder" });
    const other =
      isHere(embedder) || !isUsed(options)
        ? undefined
        : await keyOf(hub, embedder, { ...ensure, role: "embedder" });
    return { ...options, ...(own && { model: own }), ...(other && { embedder: other }) };
  } finally {
    hub.close();
  }
}

type Named = LoadOptions["model"];

function isHere(model: Named): model is Exclude<Named, string | LoadModel> {
  return model === undefined || (typeof model === "object" && "stored" in model);
}

/** An embedder that nothing is found with is not fetched. */
function isUsed({ retrieval }: LoadOptions): boolean {
  return needsEmbedder(readRetrieval(retrieval));
}

async function keyOf(
  hub: HubClient,
  model: string | LoadModel,
  options: Parameters<HubClient["ensure"]>[1],
): Promise<{ stored: string }> {
  const { variant, ...request } = typeof model === "string" ? { id: model } : model;
  const { key } = await hub.ensure(request, { ...options, ...(variant !== undefined && { variant }) });
  return { stored: key };
}

function asLoading(
  onProgress: EnsureStored["onProgress"],
): NonNullable<NonNullable<Parameters<HubClient["ensure"]>[1]>["onProgress"]> {
  return ({ phase, file, loaded, total }) =>
    onProgress({
      phase: "download",
      progress: total > 0 ? loaded / total : 0,
      loaded,
      total,
      file,
      text: `${phase === "verify" ? "Checking" : "Downloading"} ${file}`,
    });
}
