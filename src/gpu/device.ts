/** The one place that asks for a GPU: our own device, with the limits and features that the engine needs. */
import { GpuUnavailableError, messageOf } from "../terms/errors.ts";

export interface DeviceOptions {
  /** Ask for `subgroups` where the adapter has them. Without them the engine takes other shader paths. */
  readonly subgroups: boolean;
  /** Ask for `shader-f16` where the adapter has it. Our kernels never need it; models in 16 bit do. */
  readonly f16: boolean;
}

/** A device that belongs to whoever acquired it: `device.destroy()` ends it. */
export interface GpuDevice {
  readonly device: GPUDevice;
  readonly adapterInfo: GPUAdapterInfo;
  readonly features: ReadonlySet<string>;
  /** Resolves when the device is gone, by `destroy()` or by accident. Never rejects. */
  readonly lost: Promise<GPUDeviceLostInfo>;
}

/** A device has WebGPU's small defaults unless the adapter's own limits are asked for one by one. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
] as const satisfies readonly (keyof GPUSupportedLimits)[];

const CURE = "Use a browser with WebGPU on a machine with a GPU, or choose the wasm backend.";

/** Throws GpuUnavailableError when there is no WebGPU, no adapter, or the adapter gives no device. */
export async function acquireDevice(options: DeviceOptions): Promise<GpuDevice> {
  const adapter = await requestAdapter();
  const features: GPUFeatureName[] = [];
  if (options.subgroups && adapter.features.has("subgroups")) features.push("subgroups");
  if (options.f16 && adapter.features.has("shader-f16")) features.push("shader-f16");
  try {
    const device = await adapter.requestDevice({
      requiredFeatures: features,
      requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
    });
    return { device, adapterInfo: adapter.info, features: device.features, lost: device.lost };
  } catch (error) {
    throw new GpuUnavailableError(`The GPU adapter gave no device: ${messageOf(error)}. ${CURE}`);
  }
}

/**
 * Features that devices of `acquireDevice` can have, or undefined without an adapter: why there is none is told by
 * whoever asks for a device. Makes no device, so it costs next to nothing.
 */
export async function adapterFeatures(): Promise<ReadonlySet<string> | undefined> {
  try {
    return (await requestAdapter()).features;
  } catch {
    return undefined;
  }
}

/** What devices of `acquireDevice` can have, or undefined without an adapter. */
export async function adapterOffers(): Promise<Pick<GPUAdapter, "features" | "limits"> | undefined> {
  try {
    return await requestAdapter();
  } catch {
    return undefined;
  }
}

/** Whether devices of `acquireDevice` can have `shader-f16`. */
export async function adapterHasF16(): Promise<boolean> {
  return (await adapterFeatures())?.has("shader-f16") ?? false;
}

async function requestAdapter(): Promise<GPUAdapter> {
  // Typed as always there; absent in browsers without WebGPU, on insecure origins and in Node.
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (gpu === undefined) {
    throw new GpuUnavailableError(`There is no WebGPU here (navigator.gpu is missing). ${CURE}`);
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) {
    throw new GpuUnavailableError(`WebGPU is there, but it found no adapter. ${CURE}`);
  }
  return adapter;
}
