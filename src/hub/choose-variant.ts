/** Which variant of a model suits a device, and why others do not. */
import type { Variant, VariantName } from "./variants.ts";

/** What a variant is chosen by. */
export const DEVICE_CLASSES = ["webgpu-f16", "webgpu", "wasm"] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** What a model is for: to answer, or to give texts vectors. */
export type ModelRole = "decoder" | "embedder";

/** Best first: small enough to be fetched and kept, and computed well there. */
const PREFERENCE: Readonly<Record<DeviceClass, readonly VariantName[]>> = {
  "webgpu-f16": ["q4f16", "fp16", "q4", "fp32", "q8", "int8", "uint8"],
  // Operators on 8-bit numbers have no WebGPU kernels: they would run on the processor, one by one.
  webgpu: ["q4", "fp32", "q8", "int8", "uint8"],
  wasm: ["q8", "int8", "uint8", "q4", "fp32"],
};

/**
 * Of embedders, which run on wasm: 8-bit formats measure their activations over a whole batch, so that a text's vector
 * depends a little on its neighbours, which is taken into the bargain where the whole numbers are large.
 */
const EMBEDDERS: readonly VariantName[] = ["fp32", "q8", "int8", "uint8", "q4"];
const LARGE_EMBEDDER = 250e6;

/** Weights stand twice in wasm's 4 GB while a model is opened there: as a file, and as what it became. */
const WASM_LIMIT = 1.9e9;

/** Undefined when the variant can run on the device, else why not, as a sentence. */
export function obstacleOf(variant: Variant, device: DeviceClass): string | undefined {
  if (variant.name === "bnb4") return "This 4-bit format has not been tried with this version.";
  if (variant.rows === "float16" && device !== "webgpu-f16") {
    return device === "wasm"
      ? "It computes in 16 bits, which needs a GPU with shader-f16, and it would run on wasm."
      : "It computes in 16 bits, which needs shader-f16, and the GPU adapter lacks it.";
  }
  const bytes = bytesOf(variant);
  if (device === "wasm" && bytes > WASM_LIMIT) {
    return `Its weights (${(bytes / 1e9).toFixed(1)} GB) do not fit into wasm's memory.`;
  }
  return undefined;
}

/** The first in the device's order that can run there; of an embedder the first that is not large, or the smallest. */
export function suggestedOf(
  variants: readonly Variant[],
  device: DeviceClass,
  role: ModelRole = "decoder",
): VariantName | undefined {
  const able = variants.filter((variant) => obstacleOf(variant, device) === undefined);
  const names = (those: readonly Variant[]) => those.map(({ name }) => name);
  if (role === "decoder") return preferredOf(names(able), device);
  const small = able.filter((variant) => bytesOf(variant) < LARGE_EMBEDDER);
  const smallest = able.toSorted((a, b) => bytesOf(a) - bytesOf(b))[0];
  return preferredOf(names(small), device, role) ?? smallest?.name;
}

/** The first of these names in the device's order. */
export function preferredOf<Name extends string>(
  names: readonly Name[],
  device: DeviceClass,
  role: ModelRole = "decoder",
): Name | undefined {
  const order: readonly string[] = role === "embedder" ? EMBEDDERS : PREFERENCE[device];
  const found = order.find((name) => (names as readonly string[]).includes(name));
  return found as Name | undefined;
}

export function bytesOf(variant: Variant): number {
  return variant.files.reduce((sum, { size }) => sum + size, 0);
}
