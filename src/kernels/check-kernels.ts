/** Compiles every kernel once, so that a driver that refuses one is known before the engine relies on it. */
import type { GpuDevice } from "../gpu/device.ts";
import { checkKernel } from "../gpu/run-kernel.ts";
import { PLACE_SLICES } from "./place-slices.ts";
import { TAKE_ROWS } from "./take-rows.ts";

export const KERNELS = [PLACE_SLICES, TAKE_ROWS] as const;

/** Throws GpuUnavailableError that quotes the shader's lines at fault. */
export async function checkKernels(gpu: GpuDevice): Promise<void> {
  for (const kernel of KERNELS) await checkKernel(gpu, kernel);
}
