/**
 * WebLLM's own list of models: what its configuration states of each, whether this device can run it, and what of them
 * WebLLM keeps in its cache. Nothing of a model is fetched for it.
 */
import { importWebLlm, type ModelRecord, type WebLlmLibrary } from "./library.ts";

export interface PrebuiltModel {
  readonly id: string;
  /** Bytes of GPU memory that it takes while it runs, as the list states. */
  readonly memory: number | undefined;
  /** Whether the list counts it among those for devices with little memory. */
  readonly small: boolean;
  /** Origins that its files come from. */
  readonly from: readonly string[];
  /** Whether its weights are in WebLLM's cache, which needs no network for them any more. */
  readonly kept: boolean;
  /** Why it cannot run here, as a sentence, or undefined. */
  readonly obstacle: string | undefined;
}

/** What a model needs of a GPU. */
export type GpuOffers = Pick<GPUAdapter, "features" | "limits">;

/** What is used of the library here. */
type Listing = Pick<
  WebLlmLibrary,
  "prebuiltAppConfig" | "hasModelInCache" | "deleteModelAllInfoInCache" | "ModelType"
>;

/** As the library asks of every adapter. Bytes, or counts. */
const LEAST = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxComputeWorkgroupStorageSize: 32 * 2 ** 10,
  maxStorageBuffersPerShaderStage: 10,
} as const;

/** Models that answer, in the list's order. `gpu`: what the adapter offers, or undefined where there is none. */
export async function listPrebuilt(
  gpu: GpuOffers | undefined,
  library: Promise<Listing> = imported(),
): Promise<PrebuiltModel[]> {
  const { prebuiltAppConfig, hasModelInCache, ModelType } = await library;
  const answering = prebuiltAppConfig.model_list.filter(
    ({ model_type: type = ModelType.LLM }) => type === ModelType.LLM,
  );
  return Promise.all(
    answering.map(async (record) => ({
      id: record.model_id,
      memory: record.vram_required_MB === undefined ? undefined : record.vram_required_MB * 1e6,
      small: record.low_resource_required === true,
      from: [...new Set([record.model, record.model_lib].map((address) => new URL(address).origin))],
      // A browser that refuses its caches keeps nothing.
      kept: await hasModelInCache(record.model_id, prebuiltAppConfig).catch(() => false),
      obstacle: obstacleOf(record, gpu),
    })),
  );
}

/** Deletes a model, its library and its configuration from WebLLM's cache. */
export async function removePrebuilt(id: string, library: Promise<Listing> = imported()): Promise<void> {
  const { prebuiltAppConfig, deleteModelAllInfoInCache } = await library;
  await deleteModelAllInfoInCache(id, prebuiltAppConfig);
}

async function imported(): Promise<Listing> {
  return (await importWebLlm()).library;
}

/** The list does not state it of most models that compute in 16 bits. */
function featuresOf({ model_id, required_features = [] }: ModelRecord): readonly string[] {
  return [...new Set([...required_features, ...(/-q\d+f16/.test(model_id) ? ["shader-f16"] : [])])];
}

function obstacleOf(record: ModelRecord, gpu: GpuOffers | undefined): string | undefined {
  if (gpu === undefined) return "There is no WebGPU adapter here, and WebLLM runs on no other.";
  const lacking = featuresOf(record).filter((feature) => !gpu.features.has(feature));
  if (lacking.length > 0) return `It needs ${lacking.join(" and ")}, which the GPU adapter lacks.`;
  const binding = Math.max(LEAST.maxStorageBufferBindingSize, record.buffer_size_required_bytes ?? 0);
  const needs = { ...LEAST, maxStorageBufferBindingSize: binding };
  for (const [name, least] of Object.entries(needs) as [keyof typeof needs, number][]) {
    if (gpu.limits[name] < least) {
      return `It needs a ${name} of ${least}, and the GPU adapter has ${gpu.limits[name]}.`;
    }
  }
  return undefined;
}
