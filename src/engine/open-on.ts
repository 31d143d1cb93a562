/** Brings a model up in one place, the GPU or wasm, and checks its numbers there. */
import type { GpuDevice } from "../gpu/device.ts";
import { checkKernels, ROW_KERNELS } from "../kernels/check-kernels.ts";
import { GpuLostError, GpuUnavailableError, ModelFileError, messageOf } from "../terms/errors.ts";
import type { Decoder } from "./decoder.ts";
import { logitsSelfTest, rotarySelfTest } from "./decoder-self-test.ts";
import type { ModelFolder, ModelWeights } from "./model-folder.ts";
import type { attentionReference } from "./onnx/attention.reference.ts";
import { attentionSelfTest, SELF_TEST_CAPACITY } from "./onnx/attention-self-test.ts";
import { FixedKv } from "./onnx/fixed-kv.ts";
import { type GraphForm, readGraphForm } from "./onnx/graph.ts";
import { GrowingGpuKv } from "./onnx/growing-gpu-kv.ts";
import { GrowingKv } from "./onnx/growing-kv.ts";
import type { KvStore, KvStoreOptions } from "./onnx/kv-store.ts";
import { cpuLogits, gpuLogits } from "./onnx/logits.ts";
import { OnnxDecoder } from "./onnx/onnx-decoder.ts";
import { createSession, type SessionOptions } from "./onnx/session.ts";

/** The parts of a model folder that computing needs. */
export type RunnableFolder = Pick<ModelFolder, "config" | "selfTest"> & ModelWeights;

/** The graph computes in 16 bits and the GPU does not: the same in every way of using that GPU. */
export class ShaderF16MissingError extends GpuUnavailableError {}

/** A GPU and how rows are kept on it: in buffers that the graph updates in place, or in new tensors each run. */
export interface GpuPlace {
  readonly gpu: GpuDevice;
  readonly rows: "fixed" | "growing";
}

export interface OpenOnOptions {
  /** Rows that fit. Default: what the model was made for, at most DEFAULT_CAPACITY. */
  readonly capacity?: number;
  readonly onPhase?: (phase: "compile" | "self-test", text: string) => void;
  /** What is right attention. Tests break it on purpose. */
  readonly attentionReference?: typeof attentionReference;
}

/** Models of today take far more, but buffers for all of it would not fit beside the weights. */
export const DEFAULT_CAPACITY = 4096;

/**
 * A decoder whose numbers were found right; without a place it runs on wasm. The decoder owns the GPU's device.
 * Throws ModelUnsupportedError for a graph that cannot be run, ModelFileError for one that cannot be opened,
 * ShaderF16MissingError, a plain Error for wrong numbers, and what the backend throws.
 */
export async function openOn(
  folder: RunnableFolder,
  place: GpuPlace | undefined,
  options: OpenOnOptions,
): Promise<Decoder> {
  const where = place ? "the GPU" : "wasm";
  options.onPhase?.("compile", `Preparing the model for ${where}`);
  if (place) await checkKernels(place.gpu, ROW_KERNELS);
  const { decoder, form } = await open(folder, place, options);
  try {
    options.onPhase?.("self-test", `Checking the numbers of ${where}`);
    const problem =
      (await testAttention(folder, form, place, options)) ??
      (await rotarySelfTest(decoder)) ??
      (folder.selfTest ? await logitsSelfTest(decoder, folder.selfTest) : undefined);
    if (problem !== undefined) throw new Error(problem);
    return decoder;
  } catch (error) {
    await decoder.dispose();
    throw error;
  }
}

async function open(folder: RunnableFolder, place: GpuPlace | undefined, options: OpenOnOptions) {
  const { config, externalData, model } = folder;
  const gpu = place?.gpu;
  const files = externalData.length > 0 ? { externalData } : {};
  const session = await createSession(model, {
    ...(gpu ? { device: gpu.device, outputsOnGpu: true } : {}),
    ...files,
  }).catch(async (error: unknown) => {
    // Is it the GPU or the file that is at fault? What wasm can open is a model.
    if (gpu && (await opensOnWasm(model, files))) throw error;
    throw new ModelFileError(`The weights cannot be opened: ${messageOf(error)}. Download the folder again.`);
  });
  try {
    const form = readGraphForm(session, config);
    if (gpu && form.dtype === "float16" && !gpu.features.has("shader-f16")) {
      throw new ShaderF16MissingError(
        "These weights compute in 16 bits and keep 16-bit rows, which needs shader-f16, and the GPU adapter lacks it. " +
          "Use weights that compute in 32 bits.",
      );
    }
    const capacity = Math.min(config.maxPositions, options.capacity ?? DEFAULT_CAPACITY);
    const decoder = new OnnxDecoder({
      session,
      form,
      rotary: config.rotary,
      store: storeIn(place, { shape: form.shape, dtype: form.dtype, capacity }),
      logits: gpu ? gpuLogits(gpu, form.logitsDtype) : cpuLogits(),
      backend: gpu ? "webgpu" : "wasm",
      capacity,
      ...(gpu ? { lost: rejectsWhenLost(gpu), onDispose: () => gpu.device.destroy() } : {}),
    });
    return { decoder, form };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

async function opensOnWasm(model: Uint8Array, files: SessionOptions): Promise<boolean> {
  try {
    await (await createSession(model, files)).dispose();
    return true;
  } catch {
    return false;
  }
}

async function testAttention(
  { config }: RunnableFolder,
  { shape, dtype, hasPositionIds }: GraphForm,
  place: GpuPlace | undefined,
  { attentionReference }: OpenOnOptions,
): Promise<string | undefined> {
  const store = storeIn(place, { shape: { ...shape, layers: 1 }, dtype, capacity: SELF_TEST_CAPACITY });
  try {
    return await attentionSelfTest({
      shape: { heads: config.heads, kvHeads: shape.kvHeads, headDim: shape.headDim },
      dtype,
      rotary: config.rotary,
      fusedRotation: !hasPositionIds,
      store,
      ...(place ? { gpu: place.gpu } : {}),
      ...(attentionReference ? { reference: attentionReference } : {}),
    });
  } finally {
    store.dispose();
  }
}

function storeIn(place: GpuPlace | undefined, options: KvStoreOptions): KvStore {
  if (place === undefined) return new GrowingKv(options);
  return place.rows === "fixed" ? new FixedKv(place.gpu, options) : new GrowingGpuKv(place.gpu, options);
}

function rejectsWhenLost(gpu: GpuDevice): Promise<never> {
  return gpu.lost.then(({ reason, message }) => {
    throw new GpuLostError(`The GPU was lost (${reason}): ${message} Load the model again, or choose wasm.`);
  });
}
