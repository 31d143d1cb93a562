/**
 * A stand-in for WebLLM's inner parts, with the names that the bridge uses: it keeps count of the cache and writes down
 * every call. Numbers are computed by none of it.
 */
import type { MlcEngine } from "../../src/engine/webllm/library.ts";

export const MODEL_ID = "fake";

export interface FakeOptions {
  readonly contextWindow?: number;
  readonly slidingWindow?: number;
  readonly chunk?: number;
  /** What `_metadata` says. */
  readonly metadata?: unknown;
  /** Tokens of the prompt that the chat builds, as [whole prompt, last round alone]. */
  readonly prompts?: readonly [whole: readonly number[], lastRound: readonly number[]];
  /** Whether prompts are built as a promise, as current versions do. */
  readonly buildsLater?: boolean;
  readonly functions?: readonly string[];
  /** Whether the cache says that it is empty, whatever was put there. */
  readonly forgets?: boolean;
  /** What the library says of the parts of a checkpoint. Default: it has no checkpoints. */
  readonly checkpoint?: readonly object[];
}

export const QWEN2_METADATA = {
  model_type: "qwen2",
  quantization: "q4f32_1",
  kv_state_kind: "kv_cache",
  kv_cache: { num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, head_dim: 8 },
};

export const FUNCTIONS = [
  "kv_state_begin_forward",
  "kv_state_end_forward",
  "kv_state_popn",
  "attention_kv_cache_get_total_sequence_length",
  "attention_kv_cache_debug_get_kv",
  "attention_kv_cache_attention_with_fused_qkv",
] as const;

const CHECKPOINT_FUNCTIONS = [
  "attention_kv_cache_get_checkpoint_metadata",
  "attention_kv_cache_export_page_group",
  "attention_kv_cache_prepare_import",
  "attention_kv_cache_import_page_group",
  "attention_kv_cache_finish_import",
];

export class ContextWindowSizeExceededError extends Error {
  override readonly name = "ContextWindowSizeExceededError";
}

export function fakeWebLlm(options: FakeOptions = {}) {
  const {
    contextWindow = 64,
    slidingWindow = -1,
    chunk = 16,
    metadata = QWEN2_METADATA,
    prompts = [[1, 2, 3, 4], [4]],
    buildsLater = false,
    functions = FUNCTIONS,
    forgets = false,
    checkpoint,
  } = options;
  const calls: string[] = [];
  const note = (name: string, ...given: unknown[]) => calls.push([name, ...given].join(" "));
  let tokens = 0;
  let begun = 0;

  const builtins: Record<string, (...given: never[]) => unknown> = {
    kv_state_begin_forward: (_kv: unknown, _sequences: unknown, lengths: { shape: number[] }) => {
      begun = lengths.shape[0]!;
      note("begin", begun);
    },
    kv_state_end_forward: () => {
      tokens += begun;
      note("end");
    },
    kv_state_popn: (_kv: unknown, _sequence: unknown, rows: { value: number }) => {
      tokens -= rows.value;
      note("pop", rows.value);
    },
    attention_kv_cache_get_total_sequence_length: () => (forgets ? 0 : tokens),
    attention_kv_cache_debug_get_kv: () => note("read"),
    attention_kv_cache_attention_with_fused_qkv: (_kv: unknown, layer: { value: number }) =>
      note("append layer", layer.value),
    attention_kv_cache_get_checkpoint_metadata: () =>
      JSON.stringify({ seq_length: tokens, groups: checkpoint }),
    attention_kv_cache_export_page_group: (
      _kv: unknown,
      seq: { value: number },
      group: { value: number },
      { id }: { id: number },
    ) => note(`export group ${group.value} of sequence ${seq.value} into tensor ${id}`),
    attention_kv_cache_prepare_import: (_kv: unknown, seq: { value: number }, text: string) =>
      note(`prepare sequence ${seq.value} as ${text}`),
    attention_kv_cache_import_page_group: (
      _kv: unknown,
      _seq: unknown,
      group: { value: number },
      { id }: { id: number },
    ) => note(`import group ${group.value} from tensor ${id}`),
    attention_kv_cache_finish_import: () => note("finish"),
  };
  let tensors = 0;
  const device = {
    adapterInfo: {},
    features: new Set<string>(),
    lost: new Promise(() => {}),
    queue: {
      writeBuffer: (_buffer: unknown, _at: number, bytes: Uint8Array) => note("write", bytes.byteLength),
    },
  };
  const tvm: Record<string, unknown> = {
    lib: {
      webGPUContext: {
        device,
        gpuBufferFromPtr: (pointer: number) => ({ pointer, size: 0 }),
        flushCommands: () => {
          if (checkpoint) note("flush");
        },
      },
    },
    beginScope: () => {},
    endScope: () => {},
    getGlobalFunc: (name: string) => builtins[name.replace("vm.builtin.", "")],
    detachFromCurrentScope: (object: unknown) => object,
    listGlobalFuncNames: () =>
      [...functions, ...(checkpoint ? CHECKPOINT_FUNCTIONS : [])].map((name) => `vm.builtin.${name}`),
    registerFunc: (name: string) => note("register", name),
    scalar: (value: number, dtype: string) => ({ value, dtype }),
    makeShapeTuple: (shape: number[]) => ({ shape }),
    empty: () => {
      const id = tensors++;
      return { id, getDataPtr: () => 1 + id };
    },
  };
  const pipeline: Record<string, unknown> = {
    tvm,
    kvCache: {},
    device: {},
    vm: { getFunction: () => () => JSON.stringify(metadata) },
    filledKVCacheLength: 0,
    contextWindowSize: contextWindow,
    slidingWindowSize: slidingWindow,
    prefillChunkSize: chunk,
    resetKVCache: () => {
      tokens = 0;
      note("reset");
    },
    // As WebLLM builds it: all of the conversation on an empty cache, else its last round alone.
    getInputData: () => {
      const filled = pipeline.filledKVCacheLength as number;
      const prompt = filled === 0 ? prompts[0] : prompts[1];
      const window = pipeline.contextWindowSize as number;
      note("build", `[${prompt}]`, "window", window);
      if (window !== -1 && filled + prompt.length > window) {
        throw new ContextWindowSizeExceededError(`${prompt.length} tokens, ${window} allowed`);
      }
      const built = [[[...prompt]], prompt.length];
      return buildsLater ? Promise.resolve(built) : built;
    },
  };
  const engine = { loadedModelIdToPipeline: new Map([[MODEL_ID, pipeline]]) };

  /** A prefill as the chat makes it: builds the prompt, then runs it. */
  const prefill = async (): Promise<number> => {
    const built = pipeline.getInputData as () => unknown;
    const prompt = built.call(pipeline);
    const [, length] = (prompt instanceof Promise ? await prompt : prompt) as [unknown, number];
    tokens += length;
    pipeline.filledKVCacheLength = (pipeline.filledKVCacheLength as number) + length;
    note("prefill", length, "filled", pipeline.filledKVCacheLength);
    return length;
  };
  const reset = () => {
    (pipeline.resetKVCache as () => void)();
    pipeline.filledKVCacheLength = 0;
  };
  return { engine: engine as unknown as MlcEngine, pipeline, tvm, calls, prefill, reset };
}
