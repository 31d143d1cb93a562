/** A GPU device for one test: any validation error is a failure, and the device is gone afterwards. */
import { acquireDevice, type GpuDevice } from "../../src/gpu/device.ts";

/** Runs `use` with a fresh device, without `subgroups` and `shader-f16`: our kernels need neither. */
export async function withDevice<T>(use: (gpu: GpuDevice) => Promise<T>): Promise<T> {
  const gpu = await acquireDevice({ subgroups: false, f16: false });
  const errors: string[] = [];
  gpu.device.addEventListener("uncapturederror", ({ error }) => errors.push(error.message));
  gpu.device.pushErrorScope("validation");
  const outcome = await use(gpu).then(
    (result) => ({ result }),
    (failure: unknown) => ({ failure }),
  );
  await gpu.device.queue.onSubmittedWorkDone().catch(() => {});
  const error = await gpu.device.popErrorScope().catch(() => null);
  gpu.device.destroy();
  if (error !== null) errors.push(error.message);
  // What the GPU refused explains what the test saw, so it is told first.
  if (errors.length > 0) {
    throw new Error(`The GPU reported errors:\n${errors.join("\n")}`, { cause: Object.values(outcome)[0] });
  }
  if ("failure" in outcome) throw outcome.failure;
  return outcome.result;
}
