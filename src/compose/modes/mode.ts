/** What a mode is: which part of a log it needs, and how retrieved logs stand in front of the prompt. */
import type { Prefix } from "../../engine/engine.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import type { Mode, SliceEncoding } from "../../terms/log.ts";

/** A retrieved log whose ids and rows are of the model that runs. */
export interface LoadedLog {
  readonly id: string;
  readonly question: string;
  /** Of the query that brought it, in [0, 1]. */
  readonly similarity: number;
  /** Token ids of the last response with its closing blank line: the tokens whose rows a slice holds. */
  readonly lastIds: readonly number[];
  /** The slices that the mode asked for. */
  readonly slices: Partial<Record<SliceEncoding, KvSlice>>;
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
  readonly encoding: SliceEncoding | null;
  /** Positions that a log takes in front of the prompt. */
  tokensOf(log: LoadedLog): number;
  /** Lays the logs end to end in front of the prompt, which begins with begin-of-text. */
  place(logs: readonly LoadedLog[], promptIds: readonly number[]): Placed;
}
