/**
 * A workaround for a race in the attention kernels of compiled model libraries. In `merge_state_inplace` sixteen
 * invocations read an element of `S`, and each of them writes it at the end, with no barrier between: where they do not
 * run in lockstep, late ones read what an early one wrote. It shows wherever attention over cached rows is merged with
 * that over new ones: a prompt behind rows or behind an earlier round, and every token with a sliding window.
 *
 * Measured on Chromium's software adapter with Qwen2-0.5B: a prompt of 7 tokens behind 20 of the engine's own differed from one
 * prompt of 27 by 4.5e-2 in its logits, half of what leaving the 20 away does; with the barrier by 4.6e-5.
 *
 * To be deleted when the libraries that are offered were compiled with a barrier there (apache/tvm:
 * relax/frontend/nn/llm/_decode_kernels.py, `_merge_state_inplace`), or when `npm run verify:web-llm` sees no race without it.
 */

const KERNEL = "fn merge_state_inplace_kernel";
const BARRIER = "  storageBarrier();\n  workgroupBarrier();\n";

/** The shader with a barrier before its last write to `S`; as it was when it is another one, or has a barrier. */
export function withMergeBarrier(code: string): string {
  const kernel = code.indexOf(KERNEL);
  const write = code.lastIndexOf("\n  S[");
  if (kernel < 0 || write < kernel || code.indexOf("storageBarrier()", kernel) >= 0) return code;
  return `${code.slice(0, write + 1)}${BARRIER}${code.slice(write + 1)}`;
}

type Modules = Pick<GPUDevice, "createShaderModule">;

/** While `work` runs, all devices that share `prototype` get the barrier. Returns its result and how many kernels were changed. */
export async function underMergeBarrier<T>(
  work: () => Promise<T>,
  prototype: Modules = GPUDevice.prototype,
): Promise<{ readonly result: T; readonly changed: number }> {
  const original = prototype.createShaderModule;
  let changed = 0;
  prototype.createShaderModule = function (this: GPUDevice, descriptor) {
    const code = withMergeBarrier(descriptor.code);
    if (code !== descriptor.code) changed++;
    return original.call(this, { ...descriptor, code });
  };
  try {
    const result = await work();
    return { result, changed };
  } finally {
    prototype.createShaderModule = original;
  }
}
