/**
 * Brings a model up on the best backend that computes it rightly: the GPU with subgroups, the GPU without, wasm.
 * Every attempt is a whole one (compile, then self-tests), and what failed is said in a notice.
 */
import { acquireDevice, type GpuDevice } from "../gpu/device.ts";
import {
  GpuLostError,
  GpuUnavailableError,
  isNamed,
  ModelFileError,
  ModelUnsupportedError,
  messageOf,
} from "../terms/errors.ts";
import type { Decoder } from "./decoder.ts";
import { logitsSelfTest, rotarySelfTest } from "./decoder-self-test.ts";
import type { Backend } from "./engine.ts";
import type { ModelFolder } from "./model-folder.ts";
import { attentionSelfTest, SELF_TEST_CAPACITY } from "./onnx/attention-self-test.ts";
import { FixedKv } from "./onnx/fixed-kv.ts";
import { type GraphForm, readGraphForm } from "./onnx/graph.ts";
import { GrowingKv } from "./onnx/growing-kv.ts";
import type { KvStoreOptions } from "./onnx/kv-store.ts";
import { cpuLogits, gpuLogits } from "./onnx/logits.ts";
import { OnnxDecoder } from "./onnx/onnx-decoder.ts";
import { createSession } from "./onnx/session.ts";

export interface OpenOptions {
  readonly backend: "auto" | Backend;
  /** Rows that fit. Default: what the model was made for, at most DEFAULT_CAPACITY. */
  readonly capacity?: number;
  /** Whether to try the GPU with subgroups first, which is faster where it is right. Default true. */
  readonly subgroups?: boolean;
  readonly onPhase?: (phase: "compile" | "self-test", text: string) => void;
  /** What is right attention. Tests break it on purpose. */
  readonly attentionReference?: Parameters<typeof attentionSelfTest>[0]["reference"];
}

/** The parts of a model folder that computing needs. */
export type RunnableFolder = Pick<ModelFolder, "config" | "model" | "externalData" | "selfTest">;

export interface OpenedDecoder {
  readonly decoder: Decoder;
  /** What was tried before and failed, one sentence each. */
  readonly notices: readonly string[];
}

/** Models of today take far more, but buffers for all of it would not fit beside the weights. */
const DEFAULT_CAPACITY = 4096;

/**
 * Throws GpuUnavailableError when `webgpu` was asked for and does not work, ModelUnsupportedError when the model
 * is of a kind that cannot be run anywhere, ModelFileError when its file cannot be opened.
 */
export async function openDecoder(folder: RunnableFolder, options: OpenOptions): Promise<OpenedDecoder> {
  const notices: string[] = [];
  if (options.backend !== "wasm") {
    for (const subgroups of (options.subgroups ?? true) ? [true, false] : [false]) {
      const attempt = await tryGpu(folder, options, subgroups);
      if (attempt.decoder !== undefined) return { decoder: attempt.decoder, notices };
      notices.push(attempt.problem);
      if (!attempt.worthAnother) break;
    }
    if (options.backend === "webgpu") {
      throw new GpuUnavailableError(`${notices.join(" ")} Choose the wasm backend, or auto.`);
    }
    notices.push("Running on wasm, which is slower than a GPU.");
  }
  return { decoder: await openOnWasm(folder, options), notices };
}

type GpuAttempt =
  | { readonly decoder: Decoder }
  | { readonly decoder?: undefined; readonly problem: string; readonly worthAnother: boolean };

async function tryGpu(folder: RunnableFolder, options: OpenOptions, subgroups: boolean): Promise<GpuAttempt> {
  let gpu: GpuDevice;
  try {
    gpu = await acquireDevice({ subgroups, f16: true });
  } catch (error) {
    return { problem: messageOf(error), worthAnother: false };
  }
  const has = gpu.features.has("subgroups");
  try {
    return { decoder: await openAndTest(folder, options, gpu) };
  } catch (error) {
    gpu.device.destroy();
    if (isNamed(error, "ModelUnsupportedError")) throw error;
    const where = has ? "with subgroups" : "without subgroups";
    return { problem: `The GPU was not used ${where}: ${asSentence(messageOf(error))}`, worthAnother: has };
  }
}

async function openOnWasm(folder: RunnableFolder, options: OpenOptions): Promise<Decoder> {
  try {
    return await openAndTest(folder, options, undefined);
  } catch (error) {
    if (!isNamed(error, "WrongNumbers")) throw error;
    throw new ModelUnsupportedError(
      `The model cannot be run rightly: ${messageOf(error)}. Use a model with half-split rotary position ` +
        "whose config.json belongs to its weights.",
    );
  }
}

/** What a self-test found. Never leaves this file. */
class WrongNumbers extends Error {
  override readonly name = "WrongNumbers";
}

async function openAndTest(
  folder: RunnableFolder,
  options: OpenOptions,
  gpu: GpuDevice | undefined,
): Promise<Decoder> {
  const where = gpu ? "the GPU" : "wasm";
  options.onPhase?.("compile", `Preparing the model for ${where}`);
  const { decoder, form } = await open(folder, options, gpu);
  try {
    options.onPhase?.("self-test", `Checking the numbers of ${where}`);
    const problem =
      (await testAttention(folder, options, form, gpu)) ??
      (await rotarySelfTest(decoder)) ??
      (folder.selfTest ? await logitsSelfTest(decoder, folder.selfTest) : undefined);
    if (problem !== undefined) throw new WrongNumbers(problem);
    return decoder;
  } catch (error) {
    await decoder.dispose();
    throw error;
  }
}

async function open(folder: RunnableFolder, options: OpenOptions, gpu: GpuDevice | undefined) {
  const { config, externalData, model } = folder;
  const session = await createSession(model, {
    ...(gpu ? { device: gpu.device, outputsOnGpu: true } : {}),
    ...(externalData.length > 0 ? { externalData } : {}),
  }).catch((error: unknown) => {
    throw new ModelFileError(
      `The model's weights cannot be opened: ${messageOf(error)}. Download the folder again.`,
    );
  });
  try {
    const form = readGraphForm(session, config);
    const capacity = Math.min(config.maxPositions, options.capacity ?? DEFAULT_CAPACITY);
    const decoder = new OnnxDecoder({
      session,
      form,
      rotary: config.rotary,
      store: storeOn(gpu, { shape: form.shape, dtype: form.dtype, capacity }),
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

async function testAttention(
  { config }: RunnableFolder,
  { attentionReference }: OpenOptions,
  form: GraphForm,
  gpu: GpuDevice | undefined,
): Promise<string | undefined> {
  const store = storeOn(gpu, {
    shape: { ...form.shape, layers: 1 },
    dtype: form.dtype,
    capacity: SELF_TEST_CAPACITY,
  });
  try {
    return await attentionSelfTest({
      shape: { heads: config.heads, kvHeads: form.shape.kvHeads, headDim: form.shape.headDim },
      dtype: form.dtype,
      rotary: config.rotary,
      fusedRotation: !form.hasPositionIds,
      store,
      ...(gpu ? { gpu } : {}),
      ...(attentionReference ? { reference: attentionReference } : {}),
    });
  } finally {
    store.dispose();
  }
}

function storeOn(gpu: GpuDevice | undefined, options: KvStoreOptions) {
  return gpu ? new FixedKv(gpu, options) : new GrowingKv(options);
}

function asSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function rejectsWhenLost(gpu: GpuDevice): Promise<never> {
  return gpu.lost.then((info) => {
    throw new GpuLostError(
      `The GPU was lost (${info.reason ?? "unknown reason"}): ${info.message} Load the model again, or choose wasm.`,
    );
  });
}
