/**
 * The door to onnxruntime-web: the only file that imports it. Sessions, tensors, and where its wasm comes from.
 * The `webgpu` build runs both backends from one wasm file.
 */
import * as ort from "onnxruntime-web/webgpu";
import { ModelUnsupportedError } from "../../terms/errors.ts";
import { withPlainAttention } from "./plain-attention.ts";

export type OnnxTensor = ort.Tensor;
export type OnnxTensorType = "float32" | "float16" | "int32" | "int64";
/** `null` = onnxruntime allocates the output; a tensor = the output is written into it. */
export type Fetches = Readonly<Record<string, OnnxTensor | null>>;
export type Feeds = Readonly<Record<string, OnnxTensor>>;

export interface RuntimeOptions {
  /** URL of `ort-wasm-simd-threaded.asyncify.wasm`. Default: beside the library's own file. */
  readonly wasmUrl?: string;
  /** Threads of the wasm backend; more than 1 needs a cross-origin isolated page. Default 1. */
  readonly threads?: number;
}

/** A named input or output of a graph. Dimensions that are known only when the graph runs are strings. */
export interface TensorSpec {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

export interface SessionOptions {
  /** Where the graph runs. Without a device it runs on wasm. */
  readonly device?: GPUDevice;
  /** External data files by the names that the model gives them. */
  readonly externalData?: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** Names of nodes that run in ordinary memory although the others run on the GPU. Ignored on wasm. */
  readonly onCpu?: readonly string[];
  /** Whether outputs stay on the GPU. Ignored on wasm. */
  readonly outputsOnGpu?: boolean;
  /** What computes GroupQueryAttention on wasm. Default: plain operators. Tests and the bench compare both. */
  readonly wasmAttention?: "plain" | "library";
}

export interface OnnxSession {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  run(feeds: Feeds, fetches: Fetches): Promise<Record<string, OnnxTensor>>;
  dispose(): Promise<void>;
}

/** Sets where the wasm file is and how many threads it uses. Has an effect only before the first session. */
export function configureRuntime({ wasmUrl, threads = 1 }: RuntimeOptions): void {
  if (wasmUrl !== undefined) ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  ort.env.wasm.numThreads = threads;
}

// The library's own default is one thread in some browsers and several in others.
ort.env.wasm.numThreads = 1;
ort.env.logLevel = "error";

/** Compiles a model. Throws what onnxruntime throws when the bytes are no model that it can run. */
export async function createSession(model: Uint8Array, options: SessionOptions): Promise<OnnxSession> {
  const { device, externalData, outputsOnGpu = false, onCpu = [], wasmAttention = "plain" } = options;
  const graph = device || wasmAttention === "library" ? model : withPlainAttention(model);
  const session = await oneAtATime(() =>
    ort.InferenceSession.create(graph, {
      executionProviders: [device ? onGpu(device, onCpu) : "wasm"],
      ...(outputsOnGpu && device ? { preferredOutputLocation: "gpu-buffer" as const } : {}),
      ...(externalData ? { externalData: [...externalData] } : {}),
      logSeverityLevel: 3,
    }),
  );
  return {
    inputs: specs(session.inputMetadata),
    outputs: specs(session.outputMetadata),
    run: (feeds, fetches) =>
      oneAtATime(() => session.run(feeds, fetches)) as Promise<Record<string, OnnxTensor>>,
    dispose: () => oneAtATime(() => session.release()),
  };
}

function onGpu(device: GPUDevice, onCpu: readonly string[]) {
  return { name: "webgpu" as const, device, ...(onCpu.length > 0 && { forceCpuNodeNames: onCpu }) };
}

/** A tensor in ordinary memory. `float16` data are raw 16-bit patterns. */
export function cpuTensor(
  type: OnnxTensorType,
  data: Float32Array | Uint16Array | Int32Array | BigInt64Array,
  dims: readonly number[],
): OnnxTensor {
  return new ort.Tensor(type as "float32", data as Float32Array, dims);
}

/** A tensor of zeros in ordinary memory, of any type that states of graphs have. Throws ModelUnsupportedError for others. */
export function zeroTensor(type: string, dims: readonly number[]): OnnxTensor {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const Data = ZEROS[type];
  if (Data === undefined) {
    throw new ModelUnsupportedError(
      `The graph keeps a state of ${type}, this version keeps ${Object.keys(ZEROS).join(", ")}. Use another export.`,
    );
  }
  return new ort.Tensor(type as "float32", new Data(elements) as Float32Array, dims);
}

const ZEROS: Readonly<Record<string, new (elements: number) => ArrayBufferView>> = {
  float32: Float32Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
};

/** A tensor over a buffer that the caller owns; `dispose` is called when the tensor is disposed of. */
export function gpuTensor(
  type: OnnxTensorType,
  buffer: GPUBuffer,
  dims: readonly number[],
  dispose?: () => void,
): OnnxTensor {
  return ort.Tensor.fromGpuBuffer(buffer, { dataType: type, dims, ...(dispose ? { dispose } : {}) });
}

/**
 * The data of a tensor in ordinary memory, `float16` as raw 16-bit patterns: onnxruntime hands out a
 * Float16Array where the platform has one, else a Uint16Array.
 */
export function cpuData(tensor: OnnxTensor): Float32Array | Uint16Array {
  const data = tensor.data as Float32Array | Uint16Array;
  if (tensor.type === "float16" && !(data instanceof Uint16Array)) {
    const halves = data as ArrayBufferView & { length: number };
    return new Uint16Array(halves.buffer, halves.byteOffset, halves.length);
  }
  return data;
}

function specs(metadata: readonly ort.InferenceSession.ValueMetadata[]): TensorSpec[] {
  return metadata.map((value) =>
    value.isTensor
      ? { name: value.name, type: value.type, dims: value.shape }
      : { name: value.name, type: "not a tensor", dims: [] },
  );
}

// The build suspends wasm while it waits for the GPU: a second call in between would corrupt its stack.
let last: Promise<unknown> = Promise.resolve();
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work, work);
  last = result.catch(() => undefined);
  return result;
}
