/**
 * What the page and the worker say to each other: types only, no code. The worker exposes `LagService`
 * through comlink; events of a running task stream over a transferred MessagePort, not one call a token.
 */

import type { BankStats } from "../bank/bank.ts";
import type { Backend, ModelInfo } from "../engine/engine.ts";
import type { LagEvent, Task, TaskResult } from "../runtime/events.ts";
import type { Document, Ranked } from "../terms/document.ts";
import type { Placement } from "../terms/layout.ts";
import type { Log, LogMarks, Mode, Trace } from "../terms/log.ts";
import type { RetrievalInUse, RetrievalKind, RetrievalOptions } from "../terms/retrieval.ts";
import type { Thoughts } from "../terms/thoughts.ts";
import type { HubModel } from "./hub-protocol.ts";

export type BackendChoice = "auto" | Backend;

export interface LoadOptions {
  /**
   * URL of a model folder on the page's own origin, or `web-llm:ID` for a model that WebLLM runs. Not needed where `model`
   * is given, which goes before it.
   */
  readonly modelUrl?: string;
  /**
   * A model of a hub, by its id or more: fetched as far as it is not in this browser. Or one that is, by its key.
   */
  readonly model?: string | LoadModel | StoredKey;
  readonly backend: BackendChoice;
  /** Name of the IndexedDB database that holds the bank. Default "web-lag". */
  readonly bankName?: string;
  /** How logs and documents are found. Default "lexical". */
  readonly retrieval?: RetrievalKind | RetrievalOptions;
  /** URL of a sentence embedder's folder on the page's own origin. Needed for retrieval that is not lexical, or `embedder`. */
  readonly embedderUrl?: string;
  /** A sentence embedder of a hub, or one that is kept in this browser: as `model`. It goes before `embedderUrl`. */
  readonly embedder?: string | LoadModel | StoredKey;
  /** What becomes of what the model thinks before it speaks. Default "drop": it stands in no trace. */
  readonly thoughts?: Thoughts;
  /**
   * Tokens of a prompt that run at once: between such runs a task can be stopped, and a GPU serves the page. Default
   * 512, fewer where their logits would take too much memory.
   */
  readonly tokensAtOnce?: number;
  /**
   * Loads a model also where it needs more memory than a page may take here, as far as the browser tells. Default false:
   * such a model is refused with TooLargeError before anything of it is fetched.
   */
  readonly anyMemory?: boolean;
}

/** A model of a hub, and which of its variants. Default: what is kept, else what suits the device best. */
export interface LoadModel extends HubModel {
  readonly variant?: string;
}

export interface StoredKey {
  /** Key of a model that is kept in this browser. */
  readonly stored: string;
}

/**
 * Progress of loading. Where a model has to be fetched from a hub, the phase "download" comes first, and `progress`
 * begins anew after it. `loaded` and `total` are bytes of the model folder, or in the phase "embedder", which may come
 * when the model is ready, of the embedder's; `progress` is in [0, 1].
 */
export interface LoadProgress {
  readonly phase: "download" | "fetch" | "compile" | "self-test" | "ready" | "embedder";
  readonly progress: number;
  readonly loaded: number;
  readonly total: number;
  readonly file?: string;
  readonly text: string;
}

export interface LoadResult {
  readonly backend: Backend;
  readonly model: ModelInfo;
  /** File name of the worker's script: a build names it after its contents. */
  readonly runtime: string;
  readonly retrieval: RetrievalInUse;
  readonly notices: readonly string[];
}

/** Documents that are ready to be searched, of those that have to be made ready. */
export interface CorpusProgress {
  readonly done: number;
  readonly total: number;
}

/** Posted over the transferred port of `load`, `setCorpus`, `ask`. A port that receives "stop" from the page aborts. */
export type LoadMessage = LoadProgress;
export type CorpusMessage = CorpusProgress;
export type TaskMessage = LagEvent;
export type StopMessage = "stop";
/** The last message on the port of these calls, sent before the call returns: nothing follows it. */
export type EndMessage = "end";
/** The worker's first message to the page: it holds the Web Lock of its own name from now until it ends. */
export type AliveMessage = "alive";

/** To the service worker: how the addresses of files of the page begin that are used, as a folder's URL with its slash. */
export interface KeepMessage {
  readonly keep: string;
}

/** To the service worker of a new build, which waits for it: what runs may be replaced. */
export type TakeOverMessage = "take-over";
export type OfflineMessage = KeepMessage | TakeOverMessage;

export interface LagService {
  /** Loads a model and opens the bank. Progress over `port`. */
  load(options: LoadOptions, port: MessagePort): Promise<LoadResult>;
  /** Replaces the corpus once it is ready; "stop" keeps the old one. Progress over `port`. Returns the number of documents. */
  setCorpus(documents: readonly Document[], port: MessagePort): Promise<number>;
  /** Solves one task. Events over `port`; "stop" sent on it ends the task. One task at a time: others wait. */
  ask(task: Task, port: MessagePort): Promise<TaskResult>;
  /**
   * Stores a log of a trace solved elsewhere (evaluation): encodes it like any finished task, and what the modes
   * that are named read, where `placement` has its logs. Returns its id.
   */
  remember(trace: Trace, modes?: readonly Mode[], placement?: Placement): Promise<string>;
  listLogs(): Promise<Log[]>;
  /** The logs that a question would find, most similar first, at most `k`. */
  searchLogs(query: string, k: number): Promise<Ranked[]>;
  /** What a person says about a log, in place of what was said before. */
  markLog(id: string, marks: LogMarks): Promise<void>;
  deleteLog(id: string): Promise<void>;
  deleteAllLogs(): Promise<void>;
  bankStats(): Promise<BankStats>;
  /** Messages a BankChange over `port` after every change, from this tab or another. */
  watchBank(port: MessagePort): Promise<void>;
  dispose(): Promise<void>;
}
