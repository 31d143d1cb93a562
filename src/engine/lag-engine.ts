/** The Engine over a Decoder: places a prefix, runs the prompt, chooses tokens until the response ends. */
import { ContextFullError, InputError, throwIfAborted } from "../terms/errors.ts";
import { checkSink, type KvSlice, rowsOf } from "../terms/kv-shape.ts";
import type { Thoughts } from "../terms/thoughts.ts";
import type { ChatTemplate } from "./chat-template.ts";
import type { Decoder, LogitsWanted } from "./decoder.ts";
import type {
  Backend,
  EncodeOptions,
  Engine,
  GenerateRequest,
  Generation,
  Message,
  ModelInfo,
} from "./engine.ts";
import { createPause } from "./pause.ts";
import { createChooser } from "./sample.ts";
import { hashOfSink } from "./sink.ts";
import { createTextStream } from "./text-stream.ts";
import { opensThoughts, type Said } from "./thoughts.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface LagEngineOptions {
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  readonly template: Pick<ChatTemplate, "compose">;
  readonly model: ModelInfo;
  /** Tokens that end a turn. */
  readonly endIds: readonly number[];
  /** Texts that do so and are no tokens. Default none. */
  readonly turnEnds?: readonly string[];
  readonly notices: readonly string[];
  /** Default `drop`. */
  readonly thoughts?: Thoughts;
  /** Tokens of a prompt that run at once, at most. Default 512. */
  readonly tokensAtOnce?: number;
}

interface Capture {
  readonly wanted: readonly number[];
  /** What was said, from where the rows wanted begin. */
  readonly ids: readonly number[];
  /** Rows in front of it. */
  readonly context: number;
  readonly sink: readonly number[];
  readonly signal: AbortSignal | undefined;
}

/** Logits that a prompt may produce in one run, in elements: 64 MiB of f32. */
const LOGITS_AT_ONCE = 16 * 1024 * 1024;
const TOKENS_AT_ONCE = 512;

/** Default 512. Throws InputError. */
export function readTokensAtOnce(value: unknown = TOKENS_AT_ONCE): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw new InputError(
    `tokensAtOnce is ${JSON.stringify(value)}, expected a whole number of at least 1. Leave it out for ${TOKENS_AT_ONCE}.`,
  );
}

/** Last tokens of a prompt that show whether it has begun to think for the model. */
const END_OF_PROMPT = 8;

export class LagEngine implements Engine {
  readonly backend: Backend;
  readonly model: ModelInfo;
  readonly notices: readonly string[];
  private readonly options: LagEngineOptions;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(options: LagEngineOptions) {
    this.options = options;
    this.backend = options.decoder.backend;
    this.model = options.model;
    this.notices = options.notices;
  }

  tokenize(text: string): number[] {
    return this.options.tokenizer.plain(text);
  }

  decode(ids: readonly number[]): string {
    return this.options.tokenizer.decode(ids);
  }

  composeChat(messages: readonly Message[]): number[] {
    const { template, thoughts } = this.options;
    return template.compose(messages, thoughts === "off" ? { thinking: false } : {});
  }

  generate(request: GenerateRequest): Promise<Generation> {
    return this.inTurn(() => this.generateNow(request));
  }

  encode(
    ids: readonly number[],
    from: number,
    to: number,
    { sink = [], signal }: EncodeOptions = {},
  ): Promise<KvSlice> {
    return this.inTurn(async () => {
      const { decoder } = this.options;
      decoder.clear();
      await this.runInParts([...sink, ...ids], signal);
      return behind(sink, await decoder.take(sink.length + from, sink.length + to));
    });
  }

  dispose(): Promise<void> {
    return this.inTurn(() => this.options.decoder.dispose());
  }

  private async generateNow(request: GenerateRequest): Promise<Generation> {
    const { decoder, tokenizer, endIds, turnEnds = [], thoughts: become = "drop" } = this.options;
    const { sink = [], prefix, ids: prompt, maxNewTokens, signal } = request;
    const choose = createChooser(request.sampling);
    await this.check(request);
    const start = performance.now();

    throwIfAborted(signal);
    decoder.clear();
    await this.runInParts(sink, signal);
    const sunk = performance.now();
    await decoder.place(prefix);
    const placed = performance.now();
    let logits = await this.runInParts(prompt, signal, "last");
    const context = decoder.length;

    const ids: number[] = [];
    const stream = createTextStream({
      decode: tokenizer.decode,
      turnEnds,
      opened: opensThoughts(tokenizer.decode(prompt.slice(-END_OF_PROMPT))),
      ...(request.stop ? { stop: request.stop } : {}),
      ...(request.onText ? { onText: request.onText } : {}),
      ...(request.onThoughts ? { onThoughts: request.onThoughts } : {}),
    });
    let finish: Generation["finish"] = "length";
    let first = Number.NaN;
    const letEventsIn = createPause();
    while (ids.length < maxNewTokens) {
      await letEventsIn();
      throwIfAborted(signal);
      const id = choose(logits);
      if (ids.length === 0) first = performance.now();
      if (endIds.includes(id)) {
        finish = "end-of-turn";
        break;
      }
      ids.push(id);
      if (stream.push(id)) {
        finish = stream.turnEnded ? "end-of-turn" : "stop-string";
        break;
      }
      if (ids.length === maxNewTokens || decoder.length === decoder.capacity) break;
      logits = await decoder.run([id]);
    }
    stream.end();
    const end = performance.now();
    const { thoughts, response } = stream;
    const said: Said = {
      text: become === "keep" ? thoughts + response : response,
      ...(thoughts && { thoughts }),
    };
    const wanted = request.capture?.(said) ?? null;
    const skipped = become === "keep" ? 0 : this.tokensWithin(ids, thoughts);
    const behindThoughts = { ids: ids.slice(skipped), context: context + skipped };
    const captured = wanted && (await this.capture({ wanted, ...behindThoughts, sink, signal }));
    const capture = performance.now() - end;
    const timings = { prefix: placed - sunk, firstToken: first - start, total: end - start, capture };
    return { ...said, ids, finish, timings, ...(captured && { captured }) };
  }

  /** How many of the first ids say nothing that reaches over the end of `text`. */
  private tokensWithin(ids: readonly number[], text: string): number {
    if (text === "") return 0;
    const { decode } = this.options.tokenizer;
    const over = ids.findIndex((_, at) => decode(ids.slice(0, at + 1)).length > text.length);
    return over < 0 ? ids.length : over;
  }

  /** Rows of `wanted`, which stands where `ids` were said behind the first `context` rows; undefined: no room. */
  private async capture({ wanted, ids, context, sink, signal }: Capture): Promise<KvSlice | undefined> {
    const { decoder } = this.options;
    if (context + wanted.length > decoder.capacity) return undefined;
    // What was said last may not have been run.
    const there = ids.slice(0, decoder.length - context);
    const differs = wanted.findIndex((id, at) => id !== there[at]);
    const kept = differs < 0 ? wanted.length : differs;
    await decoder.truncate(context + kept);
    await this.runInParts(wanted.slice(kept), signal);
    return behind(sink, await decoder.take(context, context + wanted.length));
  }

  /**
   * Runs ids in pieces, so that a long prompt can be stopped and its logits stay small. Returns the logits of the last
   * one, or no numbers.
   */
  private async runInParts(
    ids: readonly number[],
    signal: AbortSignal | undefined,
    last: LogitsWanted = "none",
  ): Promise<Float32Array> {
    const { decoder, tokensAtOnce = TOKENS_AT_ONCE } = this.options;
    const { lastLogitsOnly, vocabSize } = decoder;
    const room = lastLogitsOnly ? tokensAtOnce : Math.floor(LOGITS_AT_ONCE / vocabSize);
    const size = Math.max(1, Math.min(tokensAtOnce, room));
    let logits: Float32Array = new Float32Array(0);
    const letEventsIn = createPause();
    for (let from = 0; from < ids.length; from += size) {
      await letEventsIn();
      throwIfAborted(signal);
      // Those of all pieces but the last would be read back from the GPU for nothing.
      const wanted = last === "last" && from + size >= ids.length ? "last" : "none";
      logits = await decoder.run(ids.slice(from, from + size), wanted);
    }
    return logits;
  }

  private async check({ sink = [], prefix, ids, maxNewTokens }: GenerateRequest): Promise<void> {
    if (ids.length === 0) throw new InputError("The prompt has no tokens. Give at least one.");
    if (!(Number.isInteger(maxNewTokens) && maxNewTokens >= 1)) {
      throw new InputError(`maxNewTokens is ${maxNewTokens}, expected a whole number of at least 1.`);
    }
    const hash = await hashOfSink(sink);
    for (const slice of prefix) checkSink(slice, hash);
    const rows = rowsOf(prefix);
    const { capacity } = this.options.decoder;
    const prompt = sink.length + ids.length;
    if (rows + prompt > capacity) {
      throw new ContextFullError(
        `${rows} rows of logs and a prompt of ${prompt} tokens do not fit into ${capacity} positions. ` +
          "Put fewer logs or documents in front.",
      );
    }
  }

  /** A decoder holds one sequence: whoever comes while another task uses it waits. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work, work);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

/** The slice, marked as one that was encoded behind this sink. */
async function behind(sink: readonly number[], slice: KvSlice): Promise<KvSlice> {
  const hash = await hashOfSink(sink);
  return hash === undefined ? slice : { ...slice, sink: hash };
}
