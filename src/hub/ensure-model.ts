/** A model by its name: the one that is kept in this browser, else fetched. What is kept needs no network. */
import { type DeviceClass, preferredOf } from "./choose-variant.ts";
import { type DownloadOptions, downloadModel } from "./download-model.ts";
import type { FileStore } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import type { ModelSource } from "./model-source.ts";
import { planModel } from "./plan-model.ts";
import { listStored, type StoredModel } from "./stored-models.ts";

export interface EnsureOptions extends DownloadOptions {
  readonly device: DeviceClass;
  /** Default: what is kept, else what suits the device best. */
  readonly variant?: string | undefined;
}

/** Any commit of a branch will do that is not fetched for the sake of it. */
const ANY = "main";

/** Throws as `planModel` and `downloadModel` do. */
export async function ensureModel(
  source: ModelSource,
  store: FileStore,
  options: EnsureOptions,
): Promise<StoredModel> {
  const kept = keptOf(await listStored(store), source.address, options);
  if (kept) return kept;
  const plan = await planModel(source, options.device, options.signal);
  return downloadModel(plan, options.variant, source, store, options);
}

function keptOf(
  models: readonly StoredModel[],
  { base, id, revision }: HubAddress,
  { device, variant }: EnsureOptions,
): StoredModel | undefined {
  const those = models.filter(
    (model) =>
      model.complete &&
      model.base === base &&
      model.id === id &&
      (revision === ANY || model.revision === revision) &&
      (variant === undefined || model.variant === variant),
  );
  const names = those.map((model) => model.variant);
  const best = preferredOf(names, device);
  return those.find((model) => model.variant === best);
}
