/** A model by its name: the one that is kept in this browser, else fetched. What is kept needs no network. */
import { InputError } from "../terms/errors.ts";
import { requireRoom } from "../terms/memory-room.ts";
import { type DeviceClass, type ModelRole, preferredOf } from "./choose-variant.ts";
import { type DownloadOptions, downloadModel } from "./download-model.ts";
import type { FileStore } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import type { ModelSource } from "./model-source.ts";
import { planModel, variantIn } from "./plan-model.ts";
import { listStored, type StoredModel } from "./stored-models.ts";

export interface EnsureOptions extends DownloadOptions {
  readonly device: DeviceClass;
  /** Default: what is kept, else what suits the device best. */
  readonly variant?: string | undefined;
  /** What it is needed for. Default: whatever it is. */
  readonly role?: ModelRole | undefined;
  /** Bytes that it may take of memory. Default: whatever it takes. */
  readonly room?: number | undefined;
}

/** Any commit of a branch will do that is not fetched for the sake of it. */
const ANY = "main";

/** Throws as `planModel` and `downloadModel` do, InputError for a model that is of no use here, TooLargeError. */
export async function ensureModel(
  source: ModelSource,
  store: FileStore,
  options: EnsureOptions,
): Promise<StoredModel> {
  const kept = keptOf(await listStored(store), source.address, options);
  if (kept) return kept;
  const plan = await planModel(source, options.device, options.signal);
  const { role = plan.role } = options;
  if (plan.role !== role) {
    throw new InputError(
      role === "embedder"
        ? `${plan.id} is no sentence embedder: it has no modules.json. Choose another, or use it as the model.`
        : `${plan.id} is a sentence embedder, which gives no answers. Choose another model, or use it as the embedder.`,
    );
  }
  if (options.room !== undefined) {
    const { name, memory } = variantIn(plan, options.variant);
    requireRoom(`${plan.id} (${name})`, memory.total, options.room);
  }
  return downloadModel(plan, options.variant, source, store, options);
}

function keptOf(
  models: readonly StoredModel[],
  { base, id, revision }: HubAddress,
  { device, variant, role }: EnsureOptions,
): StoredModel | undefined {
  const those = models.filter(
    (model) =>
      model.complete &&
      model.base === base &&
      model.id === id &&
      (revision === ANY || model.revision === revision) &&
      (role === undefined || (model.role ?? "decoder") === role) &&
      (variant === undefined || model.variant === variant),
  );
  const names = those.map((model) => model.variant);
  const best = preferredOf(names, device, those[0]?.role);
  return those.find((model) => model.variant === best);
}
