/**
 * What the loop needs from an engine: ids in, a response out, and key/value rows of what was said.
 * Knows nothing about logs, banks or retrieval.
 */
import type { KvDtype, KvShape, KvSlice } from "../terms/kv-shape.ts";
import type { Mode } from "../terms/log.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";
import type { Said } from "./thoughts.ts";

export type Backend = "webgpu" | "wasm";

/**
 * What is in front of the prompt: rows of slices end to end, or nothing. Keys are rotated to the positions behind the
 * sink: S…S+N−1.
 */
export type Prefix = readonly KvSlice[];

/**
 * Its similarity floors hold where a task does not say: those of `lag` in `config.json`. Absent: any log is similar
 * enough.
 */
export interface ModelInfo extends SimilarityFloors {
  /** Name for people: the last part of the folder's path. */
  readonly name: string;
  /** Hash of weights, tokenizer and rotary configuration. A slice belongs to exactly one. */
  readonly fingerprint: string;
  /** Positions that prefix, prompt and answer share. */
  readonly contextLength: number;
  /** Most new tokens of a step that the model's own configuration allows, or undefined. */
  readonly maxNewTokens: number | undefined;
  /** Which instruction the model knows: `lag.instruction` of `config.json`. Absent = "full", for general models. */
  readonly instruction?: "short" | "full";
  /** Modes that the model was trained for: `lag.trainedModes` of `config.json`. Absent: its configuration does not say. */
  readonly trainedModes?: readonly Mode[];
  /** Why rows of this model cannot be kept and put in front of another prompt: logs stand there as text. Absent: they can. */
  readonly noRows?: string;
  readonly shape: KvShape;
  /** Of key/value rows. float16: the weights that were chosen compute in 16 bits. */
  readonly dtype: KvDtype;
  /** Bytes of the weights that run. */
  readonly weightBytes: number;
}

export interface GenerateRequest {
  /** Token ids in front of all, at positions 0…S−1. Default none. Slices must have been encoded behind the same. */
  readonly sink?: readonly number[];
  /** Rows in front of the prompt. */
  readonly prefix: Prefix;
  /** Prompt token ids. Positions S+N, S+N+1, … where N = rows of the prefix. */
  readonly ids: readonly number[];
  readonly maxNewTokens: number;
  /** Generation ends when the response contains one of these; the response keeps it. Default none. */
  readonly stop?: readonly string[];
  readonly sampling?: Sampling;
  /**
   * Asked when the response has ended: ids whose rows are wanted (those of its text, and what is to follow it), or
   * null for none. As far as they are what was said its rows are taken as they are; the others are run behind them.
   */
  readonly capture?: ((said: Said) => readonly number[] | null) | undefined;
  /** Called with each new piece of the response as it is decoded. */
  readonly onText?: (text: string) => void;
  /** Called with each new piece of what the model thinks before it, kept or not. */
  readonly onThoughts?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Temperature 0 (default) is greedy decoding. */
export interface Sampling {
  readonly temperature: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
}

export interface Generation extends Said {
  /** The response without its end-of-turn token. It begins with the thoughts where they are kept. */
  readonly text: string;
  /** What the model thought before it, with its marks; absent where it did not. */
  readonly thoughts?: string;
  /** All that was said, thoughts too. */
  readonly ids: readonly number[];
  /** Why it ended. */
  readonly finish: "end-of-turn" | "stop-string" | "length";
  /** Rows that were asked for, keys without rotary position. Absent also when they do not fit into the context. */
  readonly captured?: KvSlice;
  readonly timings: GenerationTimings;
}

/** Milliseconds. */
export interface GenerationTimings {
  /** Placing the prefix: rotate and write its rows. */
  readonly prefix: number;
  /** From the start until the first token was chosen. */
  readonly firstToken: number;
  /** Until the response had ended. */
  readonly total: number;
  /** Rows that were asked for: running what was missing, reading them back. Behind `total`. */
  readonly capture: number;
}

export interface EncodeOptions {
  /** Token ids in front of all. Default none. The slice bears their hash, and fits behind nothing else. */
  readonly sink?: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Engine {
  readonly backend: Backend;
  readonly model: ModelInfo;
  /** What a person should know about how the engine came up (fallbacks), one sentence each. */
  readonly notices: readonly string[];
  /** Ids of plain text: no control token, no token added in front or behind. */
  tokenize(text: string): number[];
  /** Text of ids, control tokens left out. A character whose last bytes are missing ends in U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Ids of a conversation through the model's own chat template, ready for the assistant's turn. */
  composeChat(messages: readonly Message[]): number[];
  /**
   * Waits for its turn. Throws InputError, KvShapeError, LayoutMismatchError, ContextFullError, AbortError,
   * GpuLostError.
   */
  generate(request: GenerateRequest): Promise<Generation>;
  /**
   * Rows of `ids`, those at [from, to), of one forward pass over the sink and `ids`; keys without rotary position.
   * Waits for its turn. Throws KvShapeError, ContextFullError, AbortError, GpuLostError.
   */
  encode(ids: readonly number[], from: number, to: number, options?: EncodeOptions): Promise<KvSlice>;
  dispose(): Promise<void>;
}
