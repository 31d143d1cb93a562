/**
 * What a mode is: which rows of a trace it needs, and what retrieved logs become in front of the prompt. Whatever a
 * mode does is in its own file; the runtime, the recorder and the bank know modes only by this contract.
 */
import type { Engine, Prefix, Sampling } from "../../engine/engine.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import type { Mode, RowsMode } from "../../terms/log.ts";
import type { TextTokenizer } from "../text-tokenizer.ts";

/** What was said in a trace, and its ids in the tokenizer of the model that runs. */
export interface TraceTokens {
  readonly responses: readonly string[];
  /** One array a response, its closing blank line included. */
  readonly responseIds: readonly (readonly number[])[];
  /** For what an encoding puts between responses, or cuts elsewhere. */
  readonly tokenizer: TextTokenizer;
}

/** One forward pass over `ids`, of which the rows [from, to) are kept. */
export interface Span {
  readonly ids: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** What is run so that a log can be used, and which rows of it are stored. */
export interface Encoding {
  readonly name: RowsMode;
  /** `trace` has at least one response. */
  span(trace: TraceTokens): Span;
}

/** A retrieved log whose ids and rows are of the model that runs. */
export interface LoadedLog {
  readonly id: string;
  readonly question: string;
  /** Of the query that brought it, in [0, 1]. */
  readonly similarity: number;
  readonly trace: TraceTokens;
  /** The rows that the mode reads, when it reads any. */
  readonly slice?: KvSlice;
}

/** A loaded log and the positions that it takes in front of the prompt, in the mode that loaded it. */
export interface ReadyLog extends LoadedLog {
  readonly tokens: number;
}

/** What stands in front of a prompt: rows, token ids, or neither. */
export interface InFront {
  readonly prefix: Prefix;
  readonly ids: readonly number[];
}

/** What one log, or several together, became in front of the prompt. It stands whole, or is left out. */
export interface Piece extends InFront {
  readonly logs: readonly ReadyLog[];
  readonly similarity: number;
  /** Positions that it takes. */
  readonly tokens: number;
}

/** What a mode made of the logs of a step. */
export interface Prepared {
  readonly pieces: readonly Piece[];
  /** Logs of which nothing could be made, for want of room, in the order in which they were given up. */
  readonly leftOut: readonly ReadyLog[];
  /** Absent: nothing was generated for it. */
  readonly preparation?: Preparation;
}

/** What the model said to prepare a step, before its response. */
export interface Preparation {
  readonly text: string;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** What a mode works with while it prepares. */
export interface Desk {
  readonly engine: Pick<Engine, "model" | "tokenize" | "composeChat" | "generate">;
  readonly question: string;
  /** Tokens that a response of the task may take. */
  readonly room: number;
  readonly sampling: Sampling;
  /** Hears what the model says while it prepares. */
  readonly onText: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

export interface PromptMode {
  readonly name: Mode;
  /** Whether logs are retrieved at all. */
  readonly remembers: boolean;
  /** The slice that a log must have to be used, or null when its token ids are enough. */
  readonly encoding: Encoding | null;
  /** Positions that a log takes in front of the prompt by itself. */
  tokensOf(log: LoadedLog): number;
  /** What stands for these logs in front of the prompt, in order. Throws what the engine throws. */
  prepare(logs: readonly ReadyLog[], desk: Desk): Promise<Prepared>;
}

/** The tokens whose rows an encoding keeps: a text mode puts exactly these where their rows would stand. */
export function idsKept({ span }: Encoding, trace: TraceTokens): readonly number[] {
  const { ids, from, to } = span(trace);
  return ids.slice(from, to);
}

/** The preparation of modes in which each log stands for itself. */
export function eachByItself(inFrontOf: (log: ReadyLog) => InFront): PromptMode["prepare"] {
  return async (logs) => ({
    pieces: logs.map((log) => {
      const { similarity, tokens } = log;
      return { logs: [log], similarity, tokens, ...inFrontOf(log) };
    }),
    leftOut: [],
  });
}
