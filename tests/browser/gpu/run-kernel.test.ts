/** Running kernels: order, cache, and what is said about a shader that does not compile. */
import { describe, expect, test } from "vitest";
import { createBuffer, readBack, ScratchBuffers } from "../../../src/gpu/buffers.ts";
import type { GpuDevice } from "../../../src/gpu/device.ts";
import { checkKernel, type Kernel, runKernels, runKernelsChecked } from "../../../src/gpu/run-kernel.ts";
import { checkKernels, KERNELS } from "../../../src/kernels/check-kernels.ts";
import { withDevice } from "../../support/with-device.ts";

/** Every number times 10, plus 1 (or plus 2). */
const STEP: Kernel = {
  name: "step",
  code: `override two: bool;
@group(0) @binding(0) var<storage, read_write> numbers: array<u32>;
@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= arrayLength(&numbers)) { return; }
  numbers[id.x] = numbers[id.x] * 10u + select(1u, 2u, two);
}`,
  workgroupSize: 4,
  bindings: [{ name: "numbers", type: "storage" }],
  constants: ["two"],
};

function numbersOn(gpu: GpuDevice, numbers: number[]): GPUBuffer {
  const data = Uint32Array.from(numbers);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  return createBuffer(gpu, "numbers", data.byteLength, usage, (bytes) =>
    bytes.set(new Uint8Array(data.buffer)),
  );
}

describe("run-kernel", () => {
  test("runs in order, with constants of their own, over every element", () =>
    withDevice(async (gpu) => {
      const buffer = numbersOn(gpu, [0, 1, 2, 3, 4]);
      const run = (two: boolean) => ({
        kernel: STEP,
        constants: { two },
        buffers: { numbers: { buffer } },
        invocations: 5,
      });
      runKernels(gpu, [run(false), run(true), run(true)]);
      const got = await readBack(gpu, buffer, 20);
      expect(Array.from(new Uint32Array(got.buffer))).toEqual([122, 1122, 2122, 3122, 4122]);
    }));

  test("compiles a kernel once for a device", () =>
    withDevice(async (gpu) => {
      const buffer = numbersOn(gpu, [0]);
      let compiled = 0;
      const create = gpu.device.createComputePipeline.bind(gpu.device);
      gpu.device.createComputePipeline = (descriptor) => {
        compiled++;
        return create(descriptor);
      };
      for (const two of [false, true, false, true]) {
        runKernels(gpu, [
          { kernel: STEP, constants: { two }, buffers: { numbers: { buffer } }, invocations: 1 },
        ]);
      }
      expect(compiled).toBe(2);
    }));

  test("a missing buffer is named", () =>
    withDevice(async (gpu) => {
      const run = { kernel: STEP, constants: { two: false }, buffers: {}, invocations: 1 };
      expect(() => runKernels(gpu, [run])).toThrow(/step has no buffer for "numbers"/);
    }));

  test("a checked run says what the GPU refused", () =>
    withDevice(async (gpu) => {
      // A buffer that a shader may not write to.
      const buffer = createBuffer(gpu, "numbers", 4, GPUBufferUsage.COPY_SRC);
      const run = {
        kernel: STEP,
        constants: { two: false },
        buffers: { numbers: { buffer } },
        invocations: 1,
      };
      await expect(runKernelsChecked(gpu, [run])).rejects.toMatchObject({
        name: "GpuUnavailableError",
        message: expect.stringMatching(/refused to run step/),
      });
    }));

  test("a shader that does not compile is quoted with its line", () =>
    withDevice(async (gpu) => {
      const broken = { ...STEP, name: "broken", code: STEP.code.replace("* 10u", "* ten") };
      await expect(checkKernel(gpu, broken)).rejects.toMatchObject({
        name: "GpuUnavailableError",
        message: expect.stringMatching(
          /broken\.wgsl:6:\d+: unresolved value 'ten'\n {2}.*numbers\[id\.x\] \* ten/,
        ),
      });
    }));

  test("a binding that the shader declares otherwise is refused", () =>
    withDevice(async (gpu) => {
      const wrong: Kernel = { ...STEP, name: "wrong", bindings: [{ name: "numbers", type: "uniform" }] };
      await expect(checkKernel(gpu, wrong)).rejects.toMatchObject({ name: "GpuUnavailableError" });
    }));

  test("the kernels of the project compile", () => withDevice((gpu) => checkKernels(gpu, KERNELS)));
});

describe("buffers", () => {
  test("a size that the device does not allow is refused in words", () =>
    withDevice(async (gpu) => {
      const bytes = gpu.device.limits.maxBufferSize + 4;
      expect(() => createBuffer(gpu, "too much", bytes, GPUBufferUsage.STORAGE)).toThrow(
        expect.objectContaining({
          name: "GpuUnavailableError",
          message: expect.stringMatching(/"too much" needs/),
        }),
      );
    }));

  test("bytes come back as they went, whatever their number", () =>
    withDevice(async (gpu) => {
      const scratch = new ScratchBuffers(gpu);
      for (const count of [1, 3, 4, 5, 1000]) {
        const bytes = Uint8Array.from({ length: count }, (_, i) => i % 251);
        const buffer = scratch.upload("bytes", bytes, GPUBufferUsage.COPY_SRC);
        expect(await readBack(gpu, buffer, count)).toEqual(bytes);
      }
      scratch.destroy();
    }));
});
