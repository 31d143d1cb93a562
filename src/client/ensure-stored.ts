/** A load that names a model of a hub → one that names the model as it is kept in this browser, fetched first. */
import { connectHub } from "./connect-hub.ts";
import type { LoadModel, LoadOptions, LoadProgress } from "./protocol.ts";
import type { CreateWorker } from "./worker-life.ts";

/** Whether a worker could begin with it at once. */
export function isAtHand({ model }: LoadOptions): boolean {
  return model === undefined || (typeof model === "object" && "stored" in model);
}

export interface EnsureStored {
  /** Starts the worker that fetches. Default: its script beside this one. */
  readonly worker?: CreateWorker | undefined;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Throws as `HubClient.ensure` does. The token is in nothing that comes back. */
export async function ensureStored(
  options: LoadOptions,
  { worker, onProgress }: EnsureStored,
): Promise<LoadOptions> {
  const { model, backend } = options;
  const { variant, ...request } = (typeof model === "string" ? { id: model } : model) as LoadModel;
  const hub = connectHub(worker);
  try {
    const { key } = await hub.ensure(request, {
      backend,
      ...(variant !== undefined && { variant }),
      onProgress: ({ phase, file, loaded, total }) =>
        onProgress({
          phase: "download",
          progress: total > 0 ? loaded / total : 0,
          loaded,
          total,
          file,
          text: `${phase === "verify" ? "Checking" : "Downloading"} ${file}`,
        }),
    });
    return { ...options, model: { stored: key } };
  } finally {
    hub.close();
  }
}
