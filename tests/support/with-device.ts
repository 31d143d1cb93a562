/** A GPU device for one test: any validation error is a failure, and the device is gone afterwards. */
import { acquireDevice, type GpuDevice } from "../../src/gpu/device.ts";

/** Runs `use` with a fresh device, without `subgroups` and `shader-f16`: our kernels need neither. */
export async function withDevice<T>(use: (gpu: GpuDevice) => Promise<T>): Promise<T> {
  const gpu = await acquireDevice({ subgroups: false, f16: false });
  const errors: string[] = [];
  gpu.device.addEventListener("uncapturederror", ({ error }) => errors.push(error.message));
  gpu.device.pushErrorScope("validation");
  try {
    const result = await use(gpu);
    await gpu.device.queue.onSubmittedWorkDone();
    const error = await gpu.device.popErrorScope();
    if (error !== null) errors.push(error.message);
    if (errors.length > 0) throw new Error(`The GPU reported errors:\n${errors.join("\n")}`);
    return result;
  } finally {
    gpu.device.destroy();
  }
}
