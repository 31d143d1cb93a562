/**
 * A client without a worker, a model or a GPU, for tests of pages that use web-lag. The loop, the retrieval and the
 * bank are the real ones, in memory; only what the model says is given.
 */
import { MemoryBank } from "../bank/memory-bank.ts";
import type { Client } from "../client/connect.ts";
import type { LoadProgress, LoadResult } from "../client/protocol.ts";
import { LexicalIndex } from "../retrieve/lexical-index.ts";
import { DocumentIndex } from "../runtime/document-index.ts";
import { createRuntime } from "../runtime/runtime.ts";
import { AbortError, LagError, throwIfAborted, WorkerDiedError } from "../terms/errors.ts";
import { readRetrieval } from "../terms/retrieval.ts";
import { scriptedEngine } from "./scripted-engine.ts";

export interface FakeSight {
  /** The whole prompt: instruction, documents found, question. */
  readonly prompt: string;
  /** Rows in front of it, of logs. */
  readonly rows: number;
  /** 1-based, of all that this client was asked for. */
  readonly call: number;
}

export interface FakeClientOptions {
  /**
   * What the model says: responses in order, the last one again when they run out, or a function of what it sees.
   * `<keywords>…</keywords>` brings documents, `<ans>…</ans>` ends the task.
   */
  readonly says: readonly string[] | ((sight: FakeSight) => string | Promise<string>);
  /** Name of the model. Default "fake". */
  readonly model?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  /** `kill()` was called. The next call works again. */
  readonly onDeath?: (error: WorkerDiedError) => void;
}

export function fakeClient({ says, model = "fake", onProgress, onDeath }: FakeClientOptions): Client {
  let call = 0;
  const engine = scriptedEngine(
    async (request, prompt) => {
      call += 1;
      const rows = request.prefix.reduce((sum, { tokens }) => sum + tokens, 0);
      if (typeof says === "function") return unlessStopped(says({ prompt, rows, call }), request.signal);
      const said = says[Math.min(call, says.length) - 1];
      if (said === undefined)
        throw new LagError("The fake was given nothing to say. Give `says` a response.");
      return said;
    },
    { name: model, fingerprint: `fake ${model}` },
  );
  const bank = new MemoryBank(new LexicalIndex());
  const documents = new DocumentIndex(() => new LexicalIndex());
  const runtime = createRuntime({ engine, bank, documents, origin: "fake" });
  let loaded = false;
  let life = newLife();
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, as in the worker, and no longer than it lives. Nothing works before a load. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (!loaded) return Promise.reject(new LagError("No model has been loaded yet. Call load() first."));
    const result = last.then(work);
    last = result.catch(() => {});
    return Promise.race([result, life.died]);
  }

  function end(message: string): WorkerDiedError {
    const error = new WorkerDiedError(message);
    life.end(error);
    life = newLife();
    last = Promise.resolve();
    return error;
  }

  return {
    async load({ retrieval }): Promise<LoadResult> {
      onProgress?.({ phase: "ready", progress: 1, loaded: 0, total: 0, text: "Ready" });
      loaded = true;
      return {
        backend: engine.backend,
        model: engine.model,
        runtime: "fake",
        retrieval: { ...readRetrieval(), embedder: null },
        notices: retrieval === undefined || retrieval === "lexical" ? [] : ["The fake finds by words alone."],
      };
    },
    async setCorpus(given, { signal } = {}) {
      await documents.set(given, { ...(signal && { signal }) });
      return documents.size;
    },
    ask: (task, { onEvent, signal } = {}) =>
      inTurn(() => {
        throwIfAborted(signal);
        return runtime.answer(task, { ...(onEvent && { onEvent }), ...(signal && { signal }) });
      }),
    remember: (...given) => inTurn(() => runtime.remember(...given)),
    listLogs: () => bank.list(),
    searchLogs: (query, k) => bank.search(query, { k }),
    markLog: (id, marks) => bank.mark(id, marks),
    deleteLog: (id) => bank.delete(id),
    deleteAllLogs: () => bank.deleteAll(),
    bankStats: () => bank.stats(),
    onBankChange: (listener) => void bank.subscribe(listener),
    close: () => void end("The worker was closed while it was needed."),
    kill: () => onDeath?.(end("The worker that runs the model ended while it was needed.")),
  };
}

/** A model that is asked to stop does, whatever it still had to say. */
function unlessStopped<T>(said: T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () =>
      reject(new AbortError("The task was stopped before it ended. Nothing was stored for it."));
    signal?.addEventListener("abort", stop, { once: true });
    Promise.resolve(said).then(resolve, reject);
  });
}

function newLife() {
  let end: (error: WorkerDiedError) => void;
  const died = new Promise<never>((_, reject) => {
    end = reject;
  });
  died.catch(() => {}); // nobody may be waiting
  return { died, end: end! };
}
