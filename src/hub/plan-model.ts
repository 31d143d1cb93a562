/** What a model of a source would take, before any of its weights is fetched: variants, sizes, memory, what runs here. */
import { parseJson } from "../engine/fetch-file.ts";
import { readModelConfig } from "../engine/model-config.ts";
import { InputError } from "../terms/errors.ts";
import { bytesOf, type DeviceClass, type ModelRole, obstacleOf, suggestedOf } from "./choose-variant.ts";
import type { HubAddress } from "./hub-address.ts";
import { embedderNeed, type MemoryNeed, memoryNeed } from "./memory-need.ts";
import { fileAt, type Listing, type ModelFile, type ModelSource } from "./model-source.ts";
import { embedderDimension, embedderFiles, isEmbedder } from "./plan-embedder.ts";
import { type Variant, variantsOf } from "./variants.ts";

export interface ModelPlan extends HubAddress {
  readonly role: ModelRole;
  readonly commit: string | undefined;
  /** Where it would run: an embedder on wasm, whatever the model runs on. */
  readonly device: DeviceClass;
  /** Why its key/value rows cannot be carried, or undefined: such a model runs, and remembers by text only. */
  readonly noRows: string | undefined;
  /** Files that every variant needs. */
  readonly common: readonly ModelFile[];
  readonly variants: readonly PlannedVariant[];
  /** Name of the variant that suits the device best, or undefined when none runs on it. */
  readonly suggested: string | undefined;
}

export interface PlannedVariant extends Variant {
  /** Of all its files and the common ones. */
  readonly downloadBytes: number;
  readonly memory: MemoryNeed;
  /** Why it cannot run on the device, or undefined. */
  readonly obstacle: string | undefined;
}

/** What a model folder is read from besides its weights; the first three must be there. */
const NEEDED = ["config.json", "tokenizer.json", "tokenizer_config.json"];
const OPTIONAL = ["generation_config.json", "chat_template.jinja", "chat_template.json", "self-test.json"];

/**
 * Asks for the list of files and the configuration, a few kilobytes. Throws DownloadError, InputError when there is
 * no ONNX model, ModelUnsupportedError when the configuration says that it cannot be run, AbortError.
 */
export async function planModel(
  source: ModelSource,
  device: DeviceClass,
  signal?: AbortSignal,
): Promise<ModelPlan> {
  const { address } = source;
  const listing = await source.list(signal);
  const { files } = listing;
  const kind = isEmbedder(files)
    ? await embedder(source, listing, signal)
    : { ...(await decoder(source, listing, signal)), device };
  const commonBytes = kind.common.reduce((sum, { size }) => sum + size, 0);
  const found = variantsOf(files);
  if (found.length === 0) {
    throw new InputError(
      `${address.id} has no ONNX weights (onnx/model.onnx, onnx/model_q4.onnx and the like). ` +
        "Choose a model with an ONNX export.",
    );
  }
  const { needOf, ...about } = kind;
  return {
    ...address,
    ...about,
    commit: listing.commit,
    variants: found.map((variant) => ({
      ...variant,
      downloadBytes: commonBytes + bytesOf(variant),
      memory: needOf(variant),
      obstacle: obstacleOf(variant, kind.device),
    })),
    suggested: suggestedOf(found, kind.device, kind.role),
  };
}

/** What is to be known of a model besides its variants. */
type About = Pick<ModelPlan, "role" | "device" | "noRows" | "common"> & {
  readonly needOf: (variant: Variant) => MemoryNeed;
};

async function decoder(
  source: ModelSource,
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<Omit<About, "device">> {
  const { address } = source;
  const { files } = listing;
  const common = [
    ...NEEDED.map((path) => fileAt(files, path, address)),
    ...files.filter(({ path }) => OPTIONAL.includes(path)),
  ];
  const file = fileAt(files, "config.json", address);
  const config = readModelConfig(
    parseJson(await source.read(file, listing, signal), `${address.id}/config.json`),
  );
  const needOf = (variant: Variant) => memoryNeed(config, variant);
  return { role: "decoder", noRows: config.noRows, common, needOf };
}

async function embedder(
  source: ModelSource,
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<About> {
  const common = embedderFiles(listing.files, source);
  const dimension = await embedderDimension(source, listing, signal);
  const needOf = (variant: Variant) => embedderNeed(dimension, variant);
  return { role: "embedder", device: "wasm", noRows: undefined, common, needOf };
}

/** The variant of this name, or the one suggested. Throws InputError with the reason when it cannot run on the device. */
export function variantIn(plan: ModelPlan, name: string | undefined = plan.suggested): PlannedVariant {
  const { id, variants } = plan;
  if (name === undefined) {
    const reasons = variants.map((variant) => `${variant.name}: ${variant.obstacle}`).join(" ");
    throw new InputError(`No variant of ${id} runs on this device. ${reasons} Choose another model.`);
  }
  const variant = variants.find((one) => one.name === name);
  if (!variant) {
    const names = variants.map((one) => one.name).join(", ");
    throw new InputError(`${id} has no variant ${JSON.stringify(name)}, expected one of ${names}.`);
  }
  if (variant.obstacle === undefined) return variant;
  throw new InputError(`${variant.name} of ${id} cannot run on this device. ${variant.obstacle}`);
}
