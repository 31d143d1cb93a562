/** Compiles kernels once, so that a driver that refuses one is known before an engine relies on it. */
import type { GpuDevice } from "../gpu/device.ts";
import { checkKernel, type Kernel } from "../gpu/run-kernel.ts";
import { PLACE_IN_PAGES } from "./place-in-pages.ts";
import { PLACE_SLICES } from "./place-slices.ts";
import { TAKE_FROM_PAGES } from "./take-from-pages.ts";
import { TAKE_ROWS } from "./take-rows.ts";

/** For engines whose rows lie in buffers of `[kv_head][capacity][dim]`. */
export const ROW_KERNELS: readonly Kernel[] = [PLACE_SLICES, TAKE_ROWS];
/** For engines with a paged cache. */
export const PAGE_KERNELS: readonly Kernel[] = [PLACE_IN_PAGES, TAKE_FROM_PAGES];
export const KERNELS: readonly Kernel[] = [...ROW_KERNELS, ...PAGE_KERNELS];

/** Throws GpuUnavailableError that quotes the shader's lines at fault. */
export async function checkKernels(gpu: GpuDevice, kernels: readonly Kernel[]): Promise<void> {
  for (const kernel of kernels) await checkKernel(gpu, kernel);
}
