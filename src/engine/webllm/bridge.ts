/**
 * The one file that touches what WebLLM keeps to itself: its pipeline, the runtime below it, and the cache's functions.
 * All names are looked for before one is used, so that a version that renamed one is known and nothing breaks half-way.
 * What it does with them: reserves and drops slots, finds the pages, appends rows through the engine's own kernels, and
 * puts rows in front of a chat prompt.
 */
import { readBack } from "../../gpu/buffers.ts";
import type { GpuDevice } from "../../gpu/device.ts";
import { type CheckpointGroup, groupsOf } from "./checkpoint-groups.ts";
import type { MlcEngine } from "./library.ts";

/** A tensor of the library's runtime, on the GPU. */
interface Tensor {
  getDataPtr(): number;
}
type Handle = object;
type Packed = (...args: unknown[]) => unknown;

interface Runtime {
  lib: { webGPUContext: Context };
  beginScope(): void;
  endScope(): void;
  getGlobalFunc(name: string): Packed;
  detachFromCurrentScope<T>(object: T): T;
  listGlobalFuncNames(): string[];
  registerFunc(name: string, work: () => void, override: boolean): void;
  scalar(value: number, dtype: string): Handle;
  makeShapeTuple(shape: readonly number[]): Handle;
  empty(shape: readonly number[], dtype: string, device: Handle): Tensor;
  asyncifyEnabled?(): boolean;
}

interface Context {
  device: GPUDevice;
  gpuBufferFromPtr(pointer: number): GPUBuffer;
  /** Versions that gather commands have it; what is gathered is not submitted yet. */
  flushCommands?(): void;
}

interface Pipeline {
  tvm: Runtime;
  kvCache: Handle;
  device: Handle;
  vm: { getFunction(name: string): Packed };
  filledKVCacheLength: number;
  contextWindowSize: number;
  slidingWindowSize: number;
  prefillChunkSize: number;
  resetKVCache(): void;
  getInputData(): unknown;
}

/** What must be there, and of which type, for anything to be done. */
const NAMES: readonly (readonly [path: string, type: string])[] = [
  ["tvm", "object"],
  ["tvm.lib.webGPUContext.device", "object"],
  ["tvm.lib.webGPUContext.gpuBufferFromPtr", "function"],
  ["tvm.beginScope", "function"],
  ["tvm.endScope", "function"],
  ["tvm.getGlobalFunc", "function"],
  ["tvm.detachFromCurrentScope", "function"],
  ["tvm.listGlobalFuncNames", "function"],
  ["tvm.registerFunc", "function"],
  ["tvm.scalar", "function"],
  ["tvm.makeShapeTuple", "function"],
  ["tvm.empty", "function"],
  ["kvCache", "object"],
  ["device", "object"],
  ["vm.getFunction", "function"],
  ["filledKVCacheLength", "number"],
  ["contextWindowSize", "number"],
  ["slidingWindowSize", "number"],
  ["prefillChunkSize", "number"],
  ["resetKVCache", "function"],
  ["getInputData", "function"],
];

/** Functions of the cache, all under `vm.builtin.`. */
const BUILTINS = {
  begin: "kv_state_begin_forward",
  end: "kv_state_end_forward",
  drop: "kv_state_popn",
  length: "attention_kv_cache_get_total_sequence_length",
  read: "attention_kv_cache_debug_get_kv",
  append: "attention_kv_cache_attention_with_fused_qkv",
} as const;

/** Those by which current libraries keep a prompt for later. All or none are there. */
const CHECKPOINT = {
  describe: "attention_kv_cache_get_checkpoint_metadata",
  export: "attention_kv_cache_export_page_group",
  prepare: "attention_kv_cache_prepare_import",
  import: "attention_kv_cache_import_page_group",
  finish: "attention_kv_cache_finish_import",
} as const;

const ALL_BUILTINS = { ...BUILTINS, ...CHECKPOINT };
type Builtin = keyof typeof ALL_BUILTINS;

/** A waiting loop in the runtime that would end it; see `Bridge`. */
const WAIT = "__asyncify.WebGPUWaitForTasks";

/** The one sequence that WebLLM has. */
const SEQUENCE = 0;

/** Names that are missing or of another type; empty when the bridge can be built. */
export function missingNames(engine: MlcEngine, modelId: string): string[] {
  const pipeline = pipelineOf(engine, modelId);
  if (pipeline === undefined) return ["loadedModelIdToPipeline"];
  const missing = NAMES.filter(([path, type]) => {
    const value = valueAt(pipeline, path);
    return typeof value !== type || value === null;
  }).map(([path]) => path);
  if (missing.length > 0) return missing;
  const functions = new Set((pipeline as Pipeline).tvm.listGlobalFuncNames());
  return Object.values(BUILTINS)
    .map((name) => `vm.builtin.${name}`)
    .filter((name) => !functions.has(name));
}

/** Call it only where no name is missing. */
export class Bridge {
  readonly gpu: GpuDevice;
  /** Whether the library can export and import checkpoints. */
  readonly hasCheckpoints: boolean;
  readonly #pipeline: Pipeline;
  readonly #functions = new Map<Builtin, Packed>();

  constructor(engine: MlcEngine, modelId: string) {
    this.#pipeline = pipelineOf(engine, modelId) as Pipeline;
    const { tvm } = this.#pipeline;
    const { device } = tvm.lib.webGPUContext;
    this.gpu = { device, adapterInfo: device.adapterInfo, features: device.features, lost: device.lost };
    const there = new Set(tvm.listGlobalFuncNames());
    this.hasCheckpoints = Object.values(CHECKPOINT).every((name) => there.has(`vm.builtin.${name}`));
    // Reading rows uploads a table of positions and then waits for it, which C++ cannot do on the web: it ends the whole
    // runtime. There is nothing to wait for, since a queue keeps its order. The runtime looks the name up once.
    if (!tvm.asyncifyEnabled?.()) tvm.registerFunc(WAIT, () => {}, true);
  }

  /** What the library says of itself, parsed. */
  metadata(): unknown {
    return this.#scoped(() => JSON.parse(String(this.#pipeline.vm.getFunction("_metadata")())));
  }

  /** Tokens of a window beyond which the oldest are forgotten, or undefined. With one, keys lie un-rotated. */
  get slidingWindow(): number | undefined {
    const { slidingWindowSize } = this.#pipeline;
    return slidingWindowSize === -1 ? undefined : slidingWindowSize;
  }

  /** Tokens that fit. */
  get capacity(): number {
    return this.slidingWindow ?? this.#pipeline.contextWindowSize;
  }

  /** Tokens that are there. In one sequence that was never forked, slot = position. */
  get length(): number {
    return Number(this.#call("length", this.#pipeline.kvCache));
  }

  reset(): void {
    this.#scoped(() => this.#pipeline.resetKVCache());
    this.#pipeline.filledKVCacheLength = 0;
  }

  /** Takes slots behind those that are taken. What lies in them is left as it is. */
  reserve(rows: number): void {
    for (const part of this.#parts(rows)) {
      this.#begin(part);
      this.#call("end", this.#pipeline.kvCache);
    }
    this.#pipeline.filledKVCacheLength += rows;
  }

  /** Gives the last slots back. */
  drop(rows: number): void {
    const { kvCache } = this.#pipeline;
    this.#scoped(() => this.#call("drop", kvCache, this.#whole(SEQUENCE), this.#whole(rows)));
    this.#pipeline.filledKVCacheLength -= rows;
  }

  /**
   * The blocks of pages, in the order of layers: those that the engine binds when it reads a row. Needs a token in the
   * cache. `shape` is `[layers, kv_heads, head_dim]`.
   */
  pageBlocks(dtype: string, [layers, kvHeads, headDim]: readonly [number, number, number]): GPUBuffer[] {
    const context = this.#context;
    const bound: GPUBuffer[] = [];
    const own = new Set<GPUBuffer>();
    const find = context.gpuBufferFromPtr;
    this.#scoped(() => {
      const [keys, values] = this.#readTensors(dtype, [layers, 1, kvHeads, headDim]);
      for (const tensor of [keys, values]) own.add(context.gpuBufferFromPtr(tensor.getDataPtr()));
      context.gpuBufferFromPtr = (pointer) => {
        const buffer = find.call(context, pointer);
        bound.push(buffer);
        return buffer;
      };
      try {
        this.#read(0, 1, keys, values);
      } finally {
        context.gpuBufferFromPtr = find;
      }
      this.flush();
    });
    // Bound too are the rows that are read, and the positions of the one token: a word.
    return [...new Set(bound)].filter((buffer) => !own.has(buffer) && buffer.size > 64);
  }

  /** Bytes of keys and values of tokens [from, to) as the engine itself gathers them: `[layer][token][kv_head][dim]`. */
  async readRows(
    dtype: string,
    [layers, kvHeads, headDim]: readonly [number, number, number],
    from: number,
    to: number,
  ): Promise<{ readonly keys: Uint8Array; readonly values: Uint8Array }> {
    const context = this.#context;
    this.#pipeline.tvm.beginScope();
    try {
      const [keys, values] = this.#readTensors(dtype, [layers, to - from, kvHeads, headDim]);
      this.#read(from, to, keys, values);
      this.flush();
      const bytesOf = (tensor: Tensor) => {
        const buffer = context.gpuBufferFromPtr(tensor.getDataPtr());
        return readBack(this.gpu, buffer, buffer.size);
      };
      const [keyBytes, valueBytes] = await Promise.all([bytesOf(keys), bytesOf(values)]);
      return { keys: keyBytes, values: valueBytes };
    } finally {
      this.#pipeline.tvm.endScope();
    }
  }

  /**
   * Appends rows through the engine's own attention, which turns the keys and lays them into its pages.
   * `layerRows(layer, from, count)` gives `[token][heads + 2 * kvHeads][dim]`: queries, un-rotated keys, values.
   */
  append(
    rows: number,
    { dtype, layers, heads, kvHeads, headDim }: AppendLayout,
    layerRows: (layer: number, from: number, count: number) => Uint8Array<ArrayBuffer>,
  ): void {
    const { tvm, device, kvCache } = this.#pipeline;
    const context = this.#context;
    let from = 0;
    for (const count of this.#parts(rows)) {
      this.#scoped(() => {
        const fused = tvm.empty([count, heads + 2 * kvHeads, headDim], dtype, device);
        const attended = tvm.empty([count, heads, headDim], dtype, device);
        const target = context.gpuBufferFromPtr(fused.getDataPtr());
        this.#begin(count);
        for (let layer = 0; layer < layers; layer++) {
          this.flush();
          context.device.queue.writeBuffer(target, 0, layerRows(layer, from, count));
          this.#call("append", kvCache, this.#whole(layer), tvm.scalar(1, "float32"), fused, attended);
        }
        this.flush();
        this.#call("end", kvCache);
      });
      from += count;
    }
    this.#pipeline.filledKVCacheLength += rows;
  }

  /**
   * What the attention of layer 0 makes of rows behind those that are there, `[token][heads][dim]`: all of the engine's
   * kernels for it, and no other. `fused` is `[token][heads + 2 * kvHeads][dim]`, at most a chunk of tokens. The other
   * layers' rows are left as they are: the cache is good for nothing else until it is reset.
   */
  async attend(
    tokens: number,
    { dtype, heads, kvHeads, headDim }: AppendLayout,
    fused: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array> {
    const { tvm, device, kvCache } = this.#pipeline;
    const context = this.#context;
    tvm.beginScope();
    try {
      const rows = tvm.empty([tokens, heads + 2 * kvHeads, headDim], dtype, device);
      const attended = tvm.empty([tokens, heads, headDim], dtype, device);
      this.#begin(tokens);
      this.flush();
      context.device.queue.writeBuffer(context.gpuBufferFromPtr(rows.getDataPtr()), 0, fused);
      this.#call("append", kvCache, this.#whole(0), tvm.scalar(1, "float32"), rows, attended);
      this.flush();
      this.#call("end", kvCache);
      this.#pipeline.filledKVCacheLength += tokens;
      const buffer = context.gpuBufferFromPtr(attended.getDataPtr());
      return await readBack(this.gpu, buffer, buffer.size);
    } finally {
      tvm.endScope();
    }
  }

  /**
   * What the library would write of the sequence that is there: its own text, and the tensors that belong to it, in the
   * order of their layers. Throws ModelUnsupportedError where it says it otherwise than it was read in its code.
   */
  describeCheckpoint(): { readonly text: string; readonly groups: readonly CheckpointGroup[] } {
    return this.#scoped(() => {
      const text = String(this.#call("describe", this.#pipeline.kvCache, this.#whole(SEQUENCE)));
      return { text, groups: groupsOf(text) };
    });
  }

  /** Copies the sequence into tensors, one a group, which live until `use` has ended. */
  exportCheckpoint<T>(
    groups: readonly CheckpointGroup[],
    use: (blocks: GPUBuffer[]) => Promise<T>,
  ): Promise<T> {
    return this.#withTensors(groups, (tensors, blocks) => {
      for (const [at, { id }] of groups.entries()) {
        this.#call("export", this.#pipeline.kvCache, this.#whole(SEQUENCE), this.#whole(id), tensors[at]);
      }
      this.flush();
      return use(blocks);
    });
  }

  /** Replaces the sequence by tensors that `fill` fills. `rows` = tokens of it. */
  importCheckpoint(
    { text, groups }: ReturnType<Bridge["describeCheckpoint"]>,
    rows: number,
    fill: (blocks: GPUBuffer[]) => Promise<void>,
  ): Promise<void> {
    return this.#withTensors(groups, (tensors, blocks) => {
      const { kvCache } = this.#pipeline;
      this.flush();
      // Its work is submitted when it returns; what is submitted behind it sees the rows.
      const filled = fill(blocks);
      this.#call("prepare", kvCache, this.#whole(SEQUENCE), text);
      for (const [at, { id }] of groups.entries()) {
        this.#call("import", kvCache, this.#whole(SEQUENCE), this.#whole(id), tensors[at]);
      }
      this.#call("finish", kvCache, this.#whole(SEQUENCE));
      this.flush();
      this.#pipeline.filledKVCacheLength = rows;
      return filled;
    });
  }

  /** Submits what a version that gathers commands has gathered: to be called before our own work on its buffers. */
  flush(): void {
    this.#context.flushCommands?.();
  }

  /**
   * Puts `rows` in front of every prompt that the chat builds on an empty cache, until the function that is returned is
   * called. The prompt is built as for an empty cache, so that neither system prompt nor first message is lost, and the
   * context window is smaller by the rows meanwhile. `place` reserves and writes them; it must submit its work before it
   * first waits. What it throws later, the function that is returned throws.
   */
  beforePrompts(rows: number, place: () => Promise<void>): () => Promise<void> {
    const pipeline = this.#pipeline;
    const build = pipeline.getInputData;
    let placing: Promise<void> = Promise.resolve();
    const start = () => {
      placing = placing.then(() => undefined);
      const placed = place();
      placing = Promise.all([placing, placed]).then(() => undefined);
      // Whoever awaits it hears of a failure; nobody may be waiting yet.
      placing.catch(() => {});
      return placing;
    };
    pipeline.getInputData = () => {
      if (pipeline.filledKVCacheLength !== 0) return build.call(pipeline);
      const window = pipeline.contextWindowSize;
      const limited = window !== -1;
      const restore = () => {
        pipeline.contextWindowSize = window;
      };
      if (limited) pipeline.contextWindowSize = window - rows;
      let prompt: unknown;
      try {
        prompt = build.call(pipeline);
      } catch (error) {
        restore();
        throw error;
      }
      // Old versions build it at once, and use it at once.
      if (!(prompt instanceof Promise)) {
        restore();
        void start();
        return prompt;
      }
      return prompt.finally(restore).then(async (built: unknown) => {
        await start();
        return built;
      });
    };
    return async () => {
      pipeline.getInputData = build;
      await placing;
    };
  }

  get #context(): Context {
    return this.#pipeline.tvm.lib.webGPUContext;
  }

  #begin(rows: number): void {
    const { tvm, kvCache } = this.#pipeline;
    this.#scoped(() =>
      this.#call("begin", kvCache, tvm.makeShapeTuple([SEQUENCE]), tvm.makeShapeTuple([rows])),
    );
  }

  /** A pass takes at most as many rows as the library has room for at once. */
  #parts(rows: number): number[] {
    const most = this.#pipeline.prefillChunkSize;
    return Array.from({ length: Math.ceil(rows / most) }, (_, at) => Math.min(most, rows - at * most));
  }

  #readTensors(dtype: string, shape: readonly number[]): [Tensor, Tensor] {
    const { tvm, device } = this.#pipeline;
    return [tvm.empty(shape, dtype, device), tvm.empty(shape, dtype, device)];
  }

  #read(from: number, to: number, keys: Tensor, values: Tensor): void {
    const whole = (value: number) => this.#whole(value);
    this.#call("read", this.#pipeline.kvCache, whole(SEQUENCE), whole(from), whole(to), keys, values);
  }

  async #withTensors<T>(
    groups: readonly CheckpointGroup[],
    use: (tensors: readonly Tensor[], blocks: GPUBuffer[]) => Promise<T>,
  ): Promise<T> {
    const { tvm, device } = this.#pipeline;
    tvm.beginScope();
    try {
      const tensors = groups.map(({ shape, dtype }) => tvm.empty(shape, dtype, device));
      const blocks = tensors.map((tensor) => this.#context.gpuBufferFromPtr(tensor.getDataPtr()));
      return await use(tensors, blocks);
    } finally {
      tvm.endScope();
    }
  }

  /** The runtime takes a bare number for a fraction. */
  #whole(value: number): Handle {
    return this.#pipeline.tvm.scalar(value, "int64");
  }

  #call(name: Builtin, ...args: unknown[]): unknown {
    let found = this.#functions.get(name);
    if (found === undefined) {
      const { tvm } = this.#pipeline;
      found = this.#scoped(() =>
        tvm.detachFromCurrentScope(tvm.getGlobalFunc(`vm.builtin.${ALL_BUILTINS[name]}`)),
      );
      this.#functions.set(name, found);
    }
    return found(...args);
  }

  /** The runtime frees at the end of a scope what was made in it. */
  #scoped<T>(work: () => T): T {
    const { tvm } = this.#pipeline;
    tvm.beginScope();
    try {
      return work();
    } finally {
      tvm.endScope();
    }
  }
}

export interface AppendLayout {
  readonly dtype: string;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

function pipelineOf(engine: MlcEngine, modelId: string): unknown {
  const pipelines = (engine as unknown as { loadedModelIdToPipeline?: unknown }).loadedModelIdToPipeline;
  return pipelines instanceof Map ? (pipelines.get(modelId) as unknown) : undefined;
}

function valueAt(object: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], object);
}
