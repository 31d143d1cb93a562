/**
 * The page's door to the worker: everything that web-lag can do, as promises. The only importer of comlink on
 * this side. A worker that dies is replaced at the next call: the model is loaded again, the corpus is set
 * again, and whoever watches the bank goes on watching.
 */
import { type Remote, transfer, wrap } from "comlink";
import type { BankChange, BankStats } from "../bank/bank.ts";
import type { LagEvent, Task, TaskResult } from "../runtime/events.ts";
import type { Document, Ranked } from "../terms/document.ts";
import { isNamed, LagError, messageOf, type WorkerDiedError } from "../terms/errors.ts";
import type { Placement } from "../terms/layout.ts";
import type { Log, LogMarks, Mode, Trace } from "../terms/log.ts";
import { ensureStored, isAtHand } from "./ensure-stored.ts";
import type { CorpusProgress, LagService, LoadOptions, LoadProgress, LoadResult } from "./protocol.ts";
import { refuseTooLarge } from "./refuse-too-large.ts";
import { streamed } from "./stream.ts";
import { type CreateWorker, startWorker, type WorkerLife } from "./worker-life.ts";

export interface ConnectOptions {
  /** Of every load, also of the one that follows a death. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly onLoaded?: (result: LoadResult) => void;
  readonly onLoadFailed?: (error: unknown) => void;
  /** The worker ended without being asked to. The next call starts a new one. */
  readonly onDeath?: (error: WorkerDiedError) => void;
  /** Starts the worker. Default: its script beside this one. Where a bundler moves scripts, it knows where it is. */
  readonly worker?: CreateWorker;
  /** Likewise the worker that fetches models of hubs. */
  readonly hubWorker?: CreateWorker;
}

export interface AskOptions {
  readonly onEvent?: (event: LagEvent) => void;
  /** Ends the task; nothing is stored for it. */
  readonly signal?: AbortSignal;
}

export interface CorpusOptions {
  /** Where documents are found by meaning, making them ready takes time. */
  readonly onProgress?: (progress: CorpusProgress) => void;
  /** Keeps the corpus that was there. */
  readonly signal?: AbortSignal;
}

export interface Client {
  /**
   * Starts a fresh worker and loads a model into it. A worker that was there ends. A model of a hub that is not in
   * this browser is fetched first: what breaks off goes on at the next load. One that needs more memory than a page may
   * take here is refused with TooLargeError, unless `anyMemory` is given.
   */
  load(options: LoadOptions): Promise<LoadResult>;
  /** Replaces the corpus, for this worker and those that follow it. Returns the number of documents. */
  setCorpus(documents: readonly Document[], options?: CorpusOptions): Promise<number>;
  /** Solves a task. One at a time: others wait their turn. */
  ask(task: Task, options?: AskOptions): Promise<TaskResult>;
  /**
   * Stores a log of a trace that was solved elsewhere, ready for `modes` besides the default, placed as named (default
   * `front`). Returns its id.
   */
  remember(trace: Trace, modes?: readonly Mode[], placement?: Placement): Promise<string>;
  listLogs(): Promise<Log[]>;
  /** The logs that a question would find, most similar first, at most `k`. */
  searchLogs(query: string, k: number): Promise<Ranked[]>;
  /** What a person says about a log, in place of what was said before. Throws InputError when the log is gone. */
  markLog(id: string, marks: LogMarks): Promise<void>;
  deleteLog(id: string): Promise<void>;
  deleteAllLogs(): Promise<void>;
  bankStats(): Promise<BankStats>;
  /** Calls back after every change of the bank, from this tab or another, for as long as the page lives. */
  onBankChange(listener: (change: BankChange) => void): void;
  /** Ends the worker, for who needs no more of it. A later call starts another. */
  close(): void;
  /** Ends the worker as a crash would. For tests, and for a worker that no longer reacts. */
  kill(): void;
}

interface Connection extends WorkerLife {
  readonly service: Remote<LagService>;
}

export function connect(hooks: ConnectOptions = {}): Client {
  const listeners: ((change: BankChange) => void)[] = [];
  let connection: Connection | undefined;
  let lastLoad: LoadOptions | undefined;
  let loads = 0;
  /** While a model is looked at, or fetched from a hub, there is no worker yet: ends when there is one, or there will be none. */
  let fetching: Promise<void> | undefined;
  let corpus: readonly Document[] | undefined;

  function open(): Connection {
    const life = startWorker((error) => {
      if (connection?.worker === life.worker) connection = undefined;
      hooks.onDeath?.(error);
    }, hooks.worker);
    return { ...life, service: wrap<LagService>(life.worker) };
  }

  /** The living worker. When there is none, a new one with all that the page had asked of the last. */
  async function living(): Promise<Connection> {
    if (!connection && !fetching) {
      if (!lastLoad) throw new LagError("No model has been loaded yet. Call load() first.");
      // The hooks hear of a failure; so does the call that needs the model.
      load(lastLoad).catch(() => {});
    }
    await fetching;
    return connection!;
  }

  async function call<T>(use: (service: Remote<LagService>) => Promise<T>): Promise<T> {
    const { service, died } = connection ?? (await living());
    return Promise.race([use(service), died]);
  }

  async function load(options: LoadOptions): Promise<LoadResult> {
    giveUp("The model was loaded anew while this was under way. Ask again.");
    lastLoad = options;
    const mine = ++loads;
    fetching = options.anyMemory && isAtHand(options) ? undefined : makeReady(options, mine);
    try {
      if (fetching) await fetching;
      const given = lastLoad;
      connection = open();
      const { service, died } = connection;
      const loading = streamed<LoadProgress, LoadResult>(
        (port) => service.load(given, transfer(port, [port])),
        hooks.onProgress,
      );
      if (corpus) sendCorpus(service, corpus).catch(() => {});
      watch(service);
      const result = await Promise.race([loading, died]);
      hooks.onLoaded?.(result);
      return result;
    } catch (error) {
      if (mine === loads) hooks.onLoadFailed?.(error);
      throw error;
    }
  }

  /** Refuses a model that is too large, and fetches one of a hub: the load then names it as it is kept here. */
  async function makeReady(options: LoadOptions, mine: number): Promise<void> {
    try {
      if (!options.anyMemory) await refuseTooLarge(options);
      if (isAtHand(options)) return unlessSuperseded(mine);
      const ready = await ensureStored(options, {
        worker: hooks.hubWorker,
        onProgress: (progress) => {
          if (mine === loads) hooks.onProgress?.(progress);
        },
      });
      unlessSuperseded(mine);
      lastLoad = ready;
    } finally {
      if (mine === loads) fetching = undefined;
    }
  }

  /** Throws LagError where another load has begun since, or the client was closed. */
  function unlessSuperseded(mine: number): void {
    if (mine !== loads)
      throw new LagError("Another model was loaded, or the client closed, while this one was made ready.");
  }

  function sendCorpus(
    service: Remote<LagService>,
    documents: readonly Document[],
    { onProgress, signal }: CorpusOptions = {},
  ): Promise<number> {
    return streamed<CorpusProgress, number>(
      (port) => service.setCorpus(documents, transfer(port, [port])),
      onProgress,
      signal,
    );
  }

  async function setCorpus(documents: readonly Document[], options?: CorpusOptions): Promise<number> {
    const before = corpus;
    corpus = documents;
    if (!connection) return documents.length;
    try {
      return await call((service) => sendCorpus(service, documents, options));
    } catch (error) {
      // After any other failure a worker that follows tries again.
      if (isNamed(error, "AbortError") && corpus === documents) corpus = before;
      throw error;
    }
  }

  function watch(service: Remote<LagService>): void {
    const { port1: here, port2: there } = new MessageChannel();
    here.onmessage = (event: MessageEvent<BankChange>) => {
      for (const listener of listeners) listener(event.data);
    };
    // A bank that cannot be opened is told by the calls that need it.
    service.watchBank(transfer(there, [there])).catch(() => {});
  }

  /** A worker whose device is lost can do nothing more; the next call starts another. */
  function giveUp(reason: string): void {
    connection?.end(reason);
    connection = undefined;
  }

  return {
    load,
    setCorpus,
    ask: (task, { onEvent, signal } = {}) =>
      call((service) =>
        streamed<LagEvent, TaskResult>((port) => service.ask(task, transfer(port, [port])), onEvent, signal),
      ).catch((error) => {
        if (isNamed(error, "GpuLostError")) giveUp(messageOf(error));
        throw error;
      }),
    remember: (...given) => call((service) => service.remember(...given)),
    listLogs: () => call((service) => service.listLogs()),
    searchLogs: (query, k) => call((service) => service.searchLogs(query, k)),
    markLog: (id, marks) => call((service) => service.markLog(id, marks)),
    deleteLog: (id) => call((service) => service.deleteLog(id)),
    deleteAllLogs: () => call((service) => service.deleteAllLogs()),
    bankStats: () => call((service) => service.bankStats()),
    onBankChange: (listener) => void listeners.push(listener),
    close() {
      if (fetching) loads += 1; // what is made ready starts no worker any more
      fetching = undefined;
      giveUp("The worker was closed while it was needed.");
    },
    kill: () => connection?.worker.terminate(),
  };
}
