/** Brings a model up in one place, the GPU or wasm, and checks its numbers there. */
import type { GpuDevice } from "../gpu/device.ts";
import { checkKernels, ROW_KERNELS } from "../kernels/check-kernels.ts";
import { GpuLostError, GpuUnavailableError, ModelFileError, messageOf } from "../terms/errors.ts";
import { DEFAULT_CAPACITY } from "./capacity.ts";
import type { Decoder } from "./decoder.ts";
import { logitsSelfTest, rotarySelfTest } from "./decoder-self-test.ts";
import type { ModelConfig } from "./model-config.ts";
import type { ModelFolder, ModelWeights } from "./model-folder.ts";
import type { attentionReference } from "./onnx/attention.reference.ts";
import { attentionSelfTest, SELF_TEST_CAPACITY } from "./onnx/attention-self-test.ts";
import { CarriedState } from "./onnx/carried-state.ts";
import { FixedKv } from "./onnx/fixed-kv.ts";
import { type GraphForm, type RowsForm, readGraphForm } from "./onnx/graph.ts";
import { type GraphFacts, readGraphFacts } from "./onnx/graph-facts.ts";
import { GrowingGpuKv } from "./onnx/growing-gpu-kv.ts";
import { GrowingKv } from "./onnx/growing-kv.ts";
import type { KvStore, KvStoreOptions } from "./onnx/kv-store.ts";
import { cpuLogits, gpuLogits } from "./onnx/logits.ts";
import { OnnxDecoder, type RowsMemory, type StateMemory } from "./onnx/onnx-decoder.ts";
import { rotaryOfTables } from "./onnx/rotary-tables.ts";
import { usualRowNames } from "./onnx/row-names.ts";
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
  const { decoder, memory } = await open(folder, place, options);
  try {
    options.onPhase?.("self-test", `Checking the numbers of ${where}`);
    const problem =
      ("form" in memory ? await testRows(folder, memory, decoder, place, options) : undefined) ??
      (folder.selfTest ? await logitsSelfTest(decoder, folder.selfTest) : undefined);
    if (problem !== undefined) throw new Error(problem);
    return decoder;
  } catch (error) {
    await decoder.dispose();
    if (place && isWantOfF16(error, place.gpu)) {
      throw new ShaderF16MissingError(
        "These weights compute in 16 bits between rows of 32, which needs shader-f16, and the GPU adapter lacks it. " +
          "Use weights that compute in 32 bits.",
      );
    }
    throw error;
  }
}

/** A graph does not tell from outside that it computes in 16 bits somewhere: its first run does, by the runtime's words. */
function isWantOfF16(error: unknown, { features }: GpuDevice): boolean {
  return !features.has("shader-f16") && /requires f16/.test(messageOf(error));
}

async function testRows(
  folder: RunnableFolder,
  memory: RowsMemory,
  decoder: Decoder,
  place: GpuPlace | undefined,
  options: OpenOnOptions,
): Promise<string | undefined> {
  return (await testAttention(folder, memory, place, options)) ?? (await rotarySelfTest(decoder));
}

async function open(folder: RunnableFolder, place: GpuPlace | undefined, options: OpenOnOptions) {
  const { config, externalData, model } = folder;
  const gpu = place?.gpu;
  const files = externalData.length > 0 ? { externalData } : {};
  const facts = factsOf(folder);
  const session = await createSession(model, {
    ...(gpu ? { device: gpu.device, outputsOnGpu: true, onCpu: facts.angleNodes } : {}),
    ...files,
  }).catch(async (error: unknown) => {
    // Is it the GPU or the file that is at fault? What wasm can open is a model.
    if (gpu && (await opensOnWasm(model, files))) throw error;
    throw unopened(error);
  });
  try {
    const form = readGraphForm(session, config, facts);
    if (gpu && computesInHalf(form) && !gpu.features.has("shader-f16")) {
      throw new ShaderF16MissingError(
        "These weights compute in 16 bits and keep 16-bit rows, which needs shader-f16, and the GPU adapter lacks it. " +
          "Use weights that compute in 32 bits.",
      );
    }
    const capacity = Math.min(config.maxPositions, options.capacity ?? DEFAULT_CAPACITY);
    const memory = memoryIn(place, form, config, capacity);
    const decoder = new OnnxDecoder({
      session,
      form,
      memory,
      logits: gpu ? gpuLogits(gpu, form.logitsDtype) : cpuLogits(),
      backend: gpu ? "webgpu" : "wasm",
      capacity,
      ...(gpu ? { lost: rejectsWhenLost(gpu), onDispose: () => gpu.device.destroy() } : {}),
    });
    return { decoder, memory };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

function factsOf({ model, externalData }: RunnableFolder): GraphFacts {
  try {
    return readGraphFacts(model, externalData);
  } catch (error) {
    throw unopened(error);
  }
}

function unopened(error: unknown): ModelFileError {
  return new ModelFileError(`The weights cannot be opened: ${messageOf(error)}. Download the folder again.`);
}

/** Graphs that keep 16-bit rows compute in 16 bits. */
function computesInHalf({ memory }: GraphForm): boolean {
  return memory.kind === "rows"
    ? memory.dtype === "float16"
    : memory.tensors.some(({ type }) => type === "float16");
}

function memoryIn(
  place: GpuPlace | undefined,
  { memory }: GraphForm,
  { rotary }: ModelConfig,
  capacity: number,
): RowsMemory | StateMemory {
  if (memory.kind === "state") return { store: new CarriedState(memory), why: memory.why };
  const { shape, dtype, names, pairs, tables } = memory;
  // A graph has the form "rows" only where config.json tells how they are rotated.
  const told = { ...rotary!, ...(pairs && { pairs }) };
  return {
    form: memory,
    rotary: tables ? rotaryOfTables(told, tables) : told,
    store: storeIn(place, memory, { shape, dtype, capacity, names }),
  };
}

async function opensOnWasm(model: Uint8Array, files: SessionOptions): Promise<boolean> {
  try {
    await (await createSession(model, files)).dispose();
    return true;
  } catch {
    return false;
  }
}

/** Only of graphs that leave attention to one node: another is made of products that any model needs. */
async function testAttention(
  { config }: RunnableFolder,
  { form, rotary }: RowsMemory,
  place: GpuPlace | undefined,
  { attentionReference }: OpenOnOptions,
): Promise<string | undefined> {
  if (!form.inPlace) return undefined;
  const { dtype, fusedRotation } = form;
  const shape = { ...form.shape, layers: 1 };
  const capacity = SELF_TEST_CAPACITY;
  const store = storeIn(place, form, { shape, dtype, capacity, names: usualRowNames(1) });
  try {
    return await attentionSelfTest({
      shape: { heads: config.heads, kvHeads: shape.kvHeads, headDim: shape.headDim },
      dtype,
      rotary,
      fusedRotation,
      store,
      ...(place ? { gpu: place.gpu } : {}),
      ...(attentionReference ? { reference: attentionReference } : {}),
    });
  } finally {
    store.dispose();
  }
}

/** Fixed buffers need a graph that appends to them, and a driver that does it rightly. */
function storeIn(place: GpuPlace | undefined, { inPlace }: RowsForm, options: KvStoreOptions): KvStore {
  if (place === undefined) return new GrowingKv(options);
  return inPlace && place.rows === "fixed"
    ? new FixedKv(place.gpu, options)
    : new GrowingGpuKv(place.gpu, options);
}

function rejectsWhenLost(gpu: GpuDevice): Promise<never> {
  return gpu.lost.then(({ reason, message }) => {
    throw new GpuLostError(`The GPU was lost (${reason}): ${message} Load the model again, or choose wasm.`);
  });
}
