/**
 * A WebLLM model as an Engine, and as what WebLLM itself offers: chat completions with its own template, sampling,
 * streaming and grammars, behind rows of logs. Both use one cache, so they take turns.
 */
import { ContextFullError, KvShapeError, ModelUnsupportedError, throwIfAborted } from "../../terms/errors.ts";
import { checkSink, checkSlice, type KvSlice, rowsOf } from "../../terms/kv-shape.ts";
import type {
  EncodeOptions,
  Engine,
  GenerateRequest,
  Generation,
  Message,
  ModelInfo,
  Prefix,
} from "../engine.ts";
import { LagEngine, type LagEngineOptions } from "../lag-engine.ts";
import type { ChatCompletion, ChatCompletionChunk, ChatCompletionRequest, MlcEngine } from "./library.ts";
import type { OpenedRows } from "./open-rows.ts";

export interface WebLlmEngineOptions extends LagEngineOptions {
  readonly library: MlcEngine;
  readonly rows: OpenedRows["rows"];
}

export interface ChatOptions {
  /** Rows in front of the conversation. A conversation that goes on behind the same array keeps its cache. */
  readonly prefix?: Prefix;
  readonly signal?: AbortSignal;
}

export class WebLlmEngine implements Engine {
  readonly backend: Engine["backend"];
  readonly model: ModelInfo;
  readonly notices: readonly string[];
  readonly #engine: LagEngine;
  readonly #library: MlcEngine;
  readonly #rows: OpenedRows["rows"];
  #queue: Promise<unknown> = Promise.resolve();
  /** What stands in front of the conversation that is in the cache. */
  #inFront: Prefix = [];

  constructor({ library, rows, ...options }: WebLlmEngineOptions) {
    this.#engine = new LagEngine(options);
    this.#library = library;
    this.#rows = rows;
    this.backend = this.#engine.backend;
    this.model = this.#engine.model;
    this.notices = this.#engine.notices;
  }

  tokenize(text: string): number[] {
    return this.#engine.tokenize(text);
  }

  decode(ids: readonly number[]): string {
    return this.#engine.decode(ids);
  }

  composeChat(messages: readonly Message[]): number[] {
    return this.#engine.composeChat(messages);
  }

  generate(request: GenerateRequest): Promise<Generation> {
    return this.#inTurn(() => this.#engine.generate(request));
  }

  encode(ids: readonly number[], from: number, to: number, options?: EncodeOptions): Promise<KvSlice> {
    return this.#inTurn(() => this.#engine.encode(ids, from, to, options));
  }

  dispose(): Promise<void> {
    return this.#inTurn(() => this.#engine.dispose());
  }

  /**
   * WebLLM's own chat completion, behind rows. The prompt is built as without them; the context window counts them.
   * Throws KvShapeError, LayoutMismatchError, ContextFullError, ModelUnsupportedError, AbortError, and what WebLLM
   * throws, by its own names.
   */
  chat(request: ChatCompletionRequest & { stream?: false }, options?: ChatOptions): Promise<ChatCompletion> {
    return this.#inTurn(async () => {
      const end = await this.#begin(options);
      try {
        return await this.#library.chat.completions.create({ ...request, stream: false });
      } finally {
        await end();
      }
    });
  }

  /** The same, piece by piece. The engine is busy until the last piece was taken, or the loop over them left. */
  async *chatStream(
    request: ChatCompletionRequest,
    options?: ChatOptions,
  ): AsyncGenerator<ChatCompletionChunk, void> {
    let release = () => {};
    const taken = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun: (end: () => Promise<void>) => void;
    let failed: (error: unknown) => void;
    const ready = new Promise<() => Promise<void>>((resolve, reject) => {
      [begun, failed] = [resolve, reject];
    });
    void this.#inTurn(async () => {
      await this.#begin(options).then(begun, failed);
      await taken;
    });
    try {
      const end = await ready;
      try {
        yield* await this.#library.chat.completions.create({ ...request, stream: true });
      } finally {
        await end();
      }
    } finally {
      // A loop that left early leaves a response that is still being written.
      await this.#library.interruptGenerate();
      release();
    }
  }

  /** Readies the cache and returns what ends the turn. */
  async #begin({ prefix = [], signal }: ChatOptions = {}): Promise<() => Promise<void>> {
    throwIfAborted(signal);
    // Other rows, or what a task left in the cache: the conversation begins anew, behind these.
    if (prefix !== this.#inFront) await this.#library.resetChat();
    this.#inFront = prefix;
    const end = prefix.length === 0 ? async () => {} : this.#armed(prefix);
    const interrupt = () => void this.#library.interruptGenerate();
    signal?.addEventListener("abort", interrupt, { once: true });
    return async () => {
      signal?.removeEventListener("abort", interrupt);
      await end();
      throwIfAborted(signal);
    };
  }

  #armed(prefix: Prefix): () => Promise<void> {
    const rows = this.#rows;
    if ("refused" in rows) {
      throw new ModelUnsupportedError(
        `Rows cannot be put in front of this model's prompts: it has ${rows.refused}. Give the logs as text.`,
      );
    }
    const { shape, dtype, contextLength } = this.model;
    for (const slice of prefix) {
      checkSlice(slice, shape, dtype);
      // WebLLM's prompt begins behind them, so nothing stands before them.
      checkSink(slice, undefined);
    }
    const count = rowsOf(prefix);
    if (count === 0) throw new KvShapeError("The prefix has no rows. Give slices with rows, or no prefix.");
    if (count >= contextLength) {
      throw new ContextFullError(
        `${count} rows of logs leave no room for a prompt in ${contextLength} positions. Put fewer logs in front.`,
      );
    }
    return rows.bridge.beforePrompts(count, () => rows.method.place(prefix));
  }

  /** The cache holds one sequence: whoever comes while another uses it waits. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
