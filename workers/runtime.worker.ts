/**
 * The worker that thinks: the one place that chooses implementations. Loads an engine, opens the bank, and serves
 * what `LagService` names over comlink. Tasks run one at a time; their events go over the port that came with them.
 */
import { expose } from "comlink";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import type { LogBank } from "../src/bank/bank.ts";
import type { LagService, LoadOptions, LoadProgress, LoadResult } from "../src/client/protocol.ts";
import type { Engine } from "../src/engine/engine.ts";
import { DocumentIndex } from "../src/runtime/document-index.ts";
import { createRuntime, type Runtime } from "../src/runtime/runtime.ts";
import { LagError } from "../src/terms/errors.ts";
import { unlessAborted } from "../src/terms/unless-aborted.ts";
import { type OpenedBank, openBank } from "./open-bank.ts";
import { openEngine } from "./open-engine.ts";
import { openModel } from "./open-model.ts";
import { type OpenedRetrieval, openRetrieval } from "./open-retrieval.ts";
import { streamOver } from "./port-stream.ts";
import { sayAlive } from "./say-alive.ts";
import { TaskQueue } from "./task-queue.ts";

interface Loaded {
  readonly bank: Promise<OpenedBank>;
  readonly engine: Promise<Engine>;
  readonly retrieval: OpenedRetrieval;
  readonly documents: DocumentIndex;
  readonly runtime: Promise<Runtime>;
}

const queue = new TaskQueue();
let loaded: Loaded | undefined;

/**
 * Begins to load everything. Nothing of it waits for another part, so logs can be listed while the model loads.
 * Throws InputError.
 */
function begin(options: LoadOptions, send: (progress: LoadProgress) => void, signal: AbortSignal): Loaded {
  const { backend, bankName = "web-lag", thoughts, tokensAtOnce } = options;
  const answering = { ...(thoughts && { thoughts }), ...(tokensAtOnce !== undefined && { tokensAtOnce }) };
  const runtimeOptions = { wasmUrl };
  let modelIsReady = false;
  const retrieval = openRetrieval(options, {
    runtime: runtimeOptions,
    signal,
    onProgress({ file, loaded, total }) {
      // Of the two, the model is what takes long as a rule.
      if (!modelIsReady) return;
      send({ phase: "embedder", progress: 1, file, loaded, total, text: `Fetching the embedder, ${file}` });
    },
  });
  const engine = openModel(options).then((model) =>
    openEngine({ ...model, ...answering, backend, runtime: runtimeOptions, onProgress: send, signal }),
  );
  const bank = openBank(bankName, retrieval.createDenseLogs);
  const documents = new DocumentIndex(retrieval.createDocumentIndex);
  const runtime = Promise.all([engine, bank, retrieval.embedder]).then(([ready, opened]) =>
    createRuntime({ engine: ready, bank: opened.bank, documents, origin: self.location.origin }),
  );
  engine.then(
    () => {
      modelIsReady = true;
    },
    () => {},
  );
  // Whoever needs a part hears of its failure; a part that nobody has asked for yet may fail in peace.
  for (const part of [bank, runtime]) part.catch(() => {});
  return { bank, engine, retrieval, documents, runtime };
}

function parts(): Loaded {
  if (!loaded) throw new LagError("No model was loaded in this worker. Call load() first.");
  return loaded;
}

async function theBank(): Promise<LogBank> {
  return (await parts().bank).bank;
}

/** What a person should know about logs that cannot be found by meaning yet. */
async function noticesOf(bank: LogBank): Promise<string[]> {
  // A bank that cannot be read says so at the first search.
  const count = await bank.withoutVector().catch(() => 0);
  if (count === 0) return [];
  const logs = count === 1 ? "1 log is" : `${count} logs are`;
  return [`${logs} found by words alone until this embedder has read them, which goes on in the background.`];
}

const service: LagService = {
  load: (options, port) =>
    streamOver(port, async (send, signal): Promise<LoadResult> => {
      loaded = begin(options, send, signal);
      const { retrieval } = loaded;
      const [engine, { bank, notices }] = await Promise.all([loaded.engine, loaded.bank, loaded.runtime]);
      return {
        backend: engine.backend,
        model: engine.model,
        runtime: self.location.pathname.split("/").at(-1)!,
        retrieval: { ...retrieval.asked, embedder: (await retrieval.embedder)?.fingerprint ?? null },
        notices: [...engine.notices, ...notices, ...(await noticesOf(bank))],
      };
    }),

  setCorpus: (corpus, port) =>
    streamOver(port, (send, signal) =>
      queue.run(async () => {
        const { documents, retrieval } = parts();
        const embedder = retrieval.asked.documents === "lexical" ? null : retrieval.embedder;
        await unlessAborted(Promise.resolve(embedder), signal); // it may still be loading
        await documents.set(corpus, { signal, onProgress: (done, total) => send({ done, total }) });
        return documents.size;
      }),
    ),

  ask: (task, port) =>
    streamOver(port, (send, signal) =>
      queue.run(async () => {
        const runtime = await unlessAborted(parts().runtime, signal); // it may still be loading
        return runtime.answer(task, { onEvent: send, signal });
      }),
    ),

  remember: (...given) => queue.run(async () => (await parts().runtime).remember(...given)),

  listLogs: async () => (await theBank()).list(),
  searchLogs: async (query, k) => (await theBank()).search(query, { k }),
  markLog: async (id, marks) => (await theBank()).mark(id, marks),
  deleteLog: async (id) => (await theBank()).delete(id),
  deleteAllLogs: async () => (await theBank()).deleteAll(),
  bankStats: async () => (await theBank()).stats(),

  async watchBank(port) {
    (await theBank()).subscribe((change) => port.postMessage(change));
  },

  async dispose() {
    const { engine, retrieval } = parts();
    (await theBank()).close();
    await (await engine).dispose();
    await (await retrieval.embedder)?.dispose();
  },
};

expose(service);
sayAlive();
