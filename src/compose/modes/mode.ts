/**
 * What a mode is: which rows of a trace it needs, and how retrieved logs stand in front of the prompt. Whatever a
 * mode does is in its own file; the runtime, the recorder and the bank know modes only by this contract.
 */
import type { Prefix } from "../../engine/engine.ts";
import type { Mode, SliceEncoding, Slices } from "../../terms/log.ts";
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
  readonly name: SliceEncoding;
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
  /** The slices that the mode asked for. */
  readonly slices: Slices;
}

/** A loaded log and the positions that it takes in front of the prompt, in the mode that loaded it. */
export interface ReadyLog extends LoadedLog {
  readonly tokens: number;
}

/** The two things that an engine puts in front of the answer. */
export interface Placed {
  readonly prefix: Prefix;
  readonly ids: readonly number[];
}

export interface PromptMode {
  readonly name: Mode;
  /** Whether logs are retrieved at all. */
  readonly remembers: boolean;
  /** The slice that a log must have to be used, or null when its token ids are enough. */
  readonly encoding: Encoding | null;
  /** Positions that a log takes in front of the prompt. */
  tokensOf(log: LoadedLog): number;
  /** Lays the logs end to end in front of the prompt, which begins with begin-of-text. */
  place(logs: readonly LoadedLog[], promptIds: readonly number[]): Placed;
}

/** The tokens whose rows an encoding keeps: a text mode puts exactly these where their rows would stand. */
export function idsKept({ span }: Encoding, trace: TraceTokens): readonly number[] {
  const { ids, from, to } = span(trace);
  return ids.slice(from, to);
}
