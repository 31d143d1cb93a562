/**
 * Runs kernels. A kernel is data: shader text, its bindings by name, its pipeline constants. Pipelines are made
 * once per device and constants; all runs of one call go to the GPU in one submission.
 */
import { GpuUnavailableError } from "../terms/errors.ts";
import type { GpuDevice } from "./device.ts";
import { dispatchGrid } from "./dispatch-grid.ts";

export interface Kernel {
  /** Same as the shader's file name without its ending. */
  readonly name: string;
  /** WGSL with one entry point, `main`. */
  readonly code: string;
  /** Invocations of a workgroup, in x. */
  readonly workgroupSize: number;
  /** Binding i of group 0 is the i-th of these. */
  readonly bindings: readonly KernelBinding[];
  /** Names of the shader's `override` constants. */
  readonly constants: readonly string[];
}

export interface KernelBinding {
  readonly name: string;
  readonly type: GPUBufferBindingType;
}

/** One dispatch. */
export interface KernelRun {
  readonly kernel: Kernel;
  readonly constants: Readonly<Record<string, boolean>>;
  /** A buffer for every binding of the kernel, by name. */
  readonly buffers: Readonly<Record<string, GPUBufferBinding>>;
  /** Invocations that have work; the shader must return from those beyond. */
  readonly invocations: number;
}

interface Compiled {
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

const cache = new WeakMap<GPUDevice, Map<string, Compiled>>();

/** Submits every run in order, in one submission. `after` may append commands to it, such as a copy. */
export function runKernels(
  gpu: GpuDevice,
  runs: readonly KernelRun[],
  after?: (encoder: GPUCommandEncoder) => void,
): void {
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const run of runs) {
    const { layout, pipeline } = compile(gpu.device, run.kernel, run.constants);
    const entries = run.kernel.bindings.map(({ name }, binding) => {
      const resource = run.buffers[name];
      if (resource === undefined)
        throw new Error(`The run of ${run.kernel.name} has no buffer for "${name}".`);
      return { binding, resource };
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.device.createBindGroup({ label: run.kernel.name, layout, entries }));
    const limit = gpu.device.limits.maxComputeWorkgroupsPerDimension;
    pass.dispatchWorkgroups(...dispatchGrid(run.invocations, run.kernel.workgroupSize, limit));
  }
  pass.end();
  after?.(encoder);
  gpu.device.queue.submit([encoder.finish()]);
}

/** The same, and waits for the GPU's verdict on the commands. Throws GpuUnavailableError when it refuses them. */
export async function runKernelsChecked(...args: Parameters<typeof runKernels>): Promise<void> {
  const { device } = args[0];
  device.pushErrorScope("validation");
  runKernels(...args);
  const error = await device.popErrorScope();
  if (error !== null) {
    const names = [...new Set(args[1].map(({ kernel }) => kernel.name))].join(", ");
    throw new GpuUnavailableError(
      `The GPU refused to run ${names}: ${error.message}. Choose the wasm backend, and report this.`,
    );
  }
}

/**
 * Compiles a kernel and waits for the verdict. Throws GpuUnavailableError with every message of the shader
 * compiler, each at its line. Runs do not wait for this: check once, before a device is used.
 */
export async function checkKernel(gpu: GpuDevice, kernel: Kernel): Promise<void> {
  gpu.device.pushErrorScope("validation");
  const module = gpu.device.createShaderModule({ label: kernel.name, code: kernel.code });
  const constants = Object.fromEntries(kernel.constants.map((name) => [name, false]));
  compile(gpu.device, kernel, constants, module);
  const invalid = gpu.device.popErrorScope();
  const errors = (await module.getCompilationInfo()).messages.filter(({ type }) => type === "error");
  const error = await invalid;
  if (errors.length === 0 && error === null) return;
  const lines = kernel.code.split("\n");
  const report = errors.map(
    ({ lineNum, linePos, message }) =>
      `${kernel.name}.wgsl:${lineNum}:${linePos}: ${message}\n  ${lines[lineNum - 1] ?? ""}`,
  );
  throw new GpuUnavailableError(
    `The GPU driver refused the shader ${kernel.name}. Choose the wasm backend, and report this:\n` +
      (report.length > 0 ? report.join("\n") : error?.message),
  );
}

function compile(
  device: GPUDevice,
  kernel: Kernel,
  constants: KernelRun["constants"],
  module?: GPUShaderModule,
): Compiled {
  let compiled = cache.get(device);
  if (compiled === undefined) {
    compiled = new Map();
    cache.set(device, compiled);
  }
  const key = `${kernel.name} ${kernel.constants.map((name) => Number(constants[name])).join()}`;
  const known = compiled.get(key);
  if (known !== undefined && module === undefined) return known;
  const layout = device.createBindGroupLayout({
    label: kernel.name,
    entries: kernel.bindings.map(({ type }, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type },
    })),
  });
  const pipeline = device.createComputePipeline({
    label: kernel.name,
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: {
      module: module ?? device.createShaderModule({ label: kernel.name, code: kernel.code }),
      entryPoint: "main",
      constants: Object.fromEntries(kernel.constants.map((name) => [name, Number(constants[name])])),
    },
  });
  const made = { layout, pipeline };
  compiled.set(key, made);
  return made;
}
