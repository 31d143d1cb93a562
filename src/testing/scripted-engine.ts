/**
 * An engine that says what it is told to: for tests of the loop, not of the model. One token a character;
 * a slice's keys are the ids of its tokens, so that a test can see whose rows they are.
 */
import type { TextTokenizer } from "../compose/text-tokenizer.ts";
import type { Engine, GenerateRequest, Generation, ModelInfo } from "../engine/engine.ts";
import { hashOfSink } from "../engine/sink.ts";
import { throwIfAborted } from "../terms/errors.ts";
import type { KvSlice } from "../terms/kv-shape.ts";

export const BEGIN = 0x110001;
export const END = 0x110002;
export const SHAPE = { layers: 1, kvHeads: 1, headDim: 1 } as const;

export type Script = (request: GenerateRequest, prompt: string) => string | Promise<string>;

export interface ScriptedEngine extends Engine {
  readonly requests: GenerateRequest[];
  /** The user message of each request. */
  readonly prompts: string[];
  /** What was encoded: ids, from, to, and behind what. */
  readonly encoded: readonly Encoded[];
}

interface Encoded {
  readonly ids: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly sink: readonly number[];
}

export const charsOf = (text: string): number[] => [...text].map((char) => char.codePointAt(0)!);
export const textOf = (ids: ArrayLike<number>): string =>
  Array.from(ids, (id) => (id < 0x110000 ? String.fromCodePoint(id) : "")).join("");
/** The tokenizer of the scripted engine. */
export const CHARS: TextTokenizer = { tokenize: charsOf, decode: textOf };

/** A slice whose rows are those of these tokens. */
export function sliceFor(ids: readonly number[]): KvSlice {
  const keys = Float32Array.from(ids);
  return { shape: SHAPE, dtype: "float32", tokens: ids.length, keys, values: keys.map((id) => -id) };
}

/** `script`: the responses in order, or a function of the request. */
export function scriptedEngine(
  script: readonly string[] | Script,
  model: Partial<ModelInfo> = {},
): ScriptedEngine {
  const requests: GenerateRequest[] = [];
  const prompts: string[] = [];
  const encoded: Encoded[] = [];
  const say: Script = typeof script === "function" ? script : () => script[requests.length - 1]!;
  return {
    requests,
    prompts,
    encoded,
    backend: "wasm",
    notices: [],
    model: {
      name: "scripted",
      fingerprint: "model-a",
      contextLength: 100_000,
      maxNewTokens: 200,
      instruction: "short",
      shape: SHAPE,
      dtype: "float32",
      weightBytes: 0,
      ...model,
    },
    ...CHARS,
    composeChat: (messages) => messages.flatMap(({ content }) => [BEGIN, ...charsOf(content), END]),
    async generate(request): Promise<Generation> {
      requests.push(request);
      const { sink = [] } = request;
      const sequence = [...sink, ...request.ids];
      prompts.push(textOf(sequence.slice(sequence.indexOf(BEGIN))));
      const text = await say(request, prompts.at(-1)!);
      throwIfAborted(request.signal);
      request.onText?.(text);
      const timings = { prefix: 1, firstToken: 3, total: 7, capture: 5 };
      const wanted = request.capture?.({ text });
      const captured = wanted && (await behind(sink, sliceFor(wanted)));
      return { text, ids: charsOf(text), finish: "end-of-turn", timings, ...(captured && { captured }) };
    },
    async encode(ids, from, to, { sink = [], signal } = {}): Promise<KvSlice> {
      throwIfAborted(signal);
      encoded.push({ ids, from, to, sink });
      return behind(sink, sliceFor(ids.slice(from, to)));
    },
    dispose: async () => {},
  };
}

async function behind(sink: readonly number[], slice: KvSlice): Promise<KvSlice> {
  const hash = await hashOfSink(sink);
  return hash === undefined ? slice : { ...slice, sink: hash };
}
