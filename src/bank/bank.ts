/**
 * Where logs rest. Two implementations keep this contract: IndexedDB (shared by all tabs of an origin) and
 * memory (evaluation, private mode, tests). The same tests run over both.
 */
import type { Ranked } from "../terms/document.ts";
import type { KvSlice } from "../terms/kv-shape.ts";
import type { Log, LogMarks, NewLog, SliceEncoding, Slices } from "../terms/log.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";

/** Floors that are absent are 0: any log is similar enough. */
export interface LogSearchOptions extends SimilarityFloors {
  readonly k: number;
  readonly skip?: number;
  /** Also logs without an answer or answered `unknown`. Default false. Marks of a person come before. */
  readonly unanswered?: boolean;
  /** Ids of logs that are not to be found. */
  readonly except?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface BankStats {
  readonly logs: number;
  /** Bytes of all slices. */
  readonly sliceBytes: number;
  /** Rows (tokens) of all slices. */
  readonly rows: number;
}

/** What changed in the bank, in this tab or another. */
export type BankChange =
  | { readonly type: "add" | "delete" | "replace"; readonly id: string; readonly remote: boolean }
  | { readonly type: "delete-all"; readonly remote: boolean };

export interface LogBank {
  /**
   * Stores a log and its slices in one transaction: both or neither. Throws BankFullError when storage is full,
   * KvShapeError when slices and headers disagree, InputError when the id is taken.
   */
  add(entry: NewLog): Promise<void>;
  /**
   * Replaces a log that is there, ids and slices included (encoded anew for another model). One transaction.
   * Throws like `add`; InputError when the log is gone.
   */
  replace(entry: NewLog): Promise<void>;
  /**
   * Gives a log slices that `model` encoded, in place of those of the same encodings; its others stay. One
   * transaction. Throws like `replace`; ModelMismatchError when the log is another model's (by now).
   */
  putSlices(id: string, model: string, slices: Slices): Promise<void>;
  /** What a person says about a log, in place of what was said before; `replace` keeps it. Throws InputError when the log is gone. */
  mark(id: string, marks: LogMarks): Promise<void>;
  /**
   * Logs by similarity of their index text to the query, best first, as far as they are similar enough; pinned
   * ones, which need not be, before all others. Includes what other tabs added. Throws AbortError, and what the embedder throws where there is one.
   */
  search(query: string, options: LogSearchOptions): Promise<Ranked[]>;
  /**
   * How many logs have no vector of the embedder yet. They are found by their words alone until it has been made,
   * which has begun. 0 without an embedder. Throws what the embedder throws.
   */
  withoutVector(): Promise<number>;
  get(id: string): Promise<Log | undefined>;
  /**
   * The rows of a log, or undefined when there are none of this encoding. Throws KvShapeError when damaged, and
   * ModelMismatchError when the fingerprint of a model is given and another one wrote them.
   */
  slice(id: string, encoding: SliceEncoding, model?: string): Promise<KvSlice | undefined>;
  /** Newest first. */
  list(): Promise<Log[]>;
  delete(id: string): Promise<void>;
  deleteAll(): Promise<void>;
  stats(): Promise<BankStats>;
  /** Calls back after every change, from this tab or another. Returns the function that ends it. */
  subscribe(listener: (change: BankChange) => void): () => void;
  /** Closes connections. The bank cannot be used afterwards. */
  close(): void;
}
