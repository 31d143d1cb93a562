/**
 * The worker that thinks: the one place that chooses implementations. Loads an engine, opens the bank, and serves
 * what `LagService` names over comlink. Tasks run one at a time; their events go over the port that came with them.
 */
import { expose } from "comlink";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import type { LogBank } from "../src/bank/bank.ts";
import type { AliveMessage, LagService, LoadOptions, LoadResult } from "../src/client/protocol.ts";
import type { Engine } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/load-engine.ts";
import { LexicalIndex } from "../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../src/runtime/document-index.ts";
import { createRuntime, type Runtime } from "../src/runtime/runtime.ts";
import { LagError } from "../src/terms/errors.ts";
import { type OpenedBank, openBank } from "./open-bank.ts";
import { streamOver } from "./port-stream.ts";
import { TaskQueue } from "./task-queue.ts";
import { unlessAborted } from "./unless-aborted.ts";

interface Loaded {
  readonly bank: Promise<OpenedBank>;
  readonly engine: Promise<Engine>;
  readonly runtime: Promise<Runtime>;
}

const documents = new DocumentIndex(() => new LexicalIndex());
const queue = new TaskQueue();
let loaded: Loaded | undefined;

/** Begins to load everything. Nothing of it waits for another part, so logs can be listed while the model loads. */
function begin(options: LoadOptions, engine: Promise<Engine>): Loaded {
  const bank = openBank(options.bankName ?? "web-lag");
  const runtime = Promise.all([engine, bank]).then(([ready, opened]) =>
    createRuntime({ engine: ready, bank: opened.bank, documents, origin: self.location.origin }),
  );
  // Whoever needs a part hears of its failure; a part that nobody has asked for yet may fail in peace.
  for (const part of [bank, engine, runtime]) part.catch(() => {});
  return { bank, engine, runtime };
}

function part<K extends keyof Loaded>(name: K): Loaded[K] {
  if (!loaded) throw new LagError("No model was loaded in this worker. Call load() first.");
  return loaded[name];
}

async function theBank(): Promise<LogBank> {
  return (await part("bank")).bank;
}

const service: LagService = {
  load: (options, port) =>
    streamOver(port, async (send, signal): Promise<LoadResult> => {
      const { modelUrl, backend } = options;
      loaded = begin(
        options,
        loadEngine({ modelUrl, backend, runtime: { wasmUrl }, onProgress: send, signal }),
      );
      const [engine, opened] = await Promise.all([loaded.engine, loaded.bank, loaded.runtime]);
      return {
        backend: engine.backend,
        model: engine.model,
        notices: [...engine.notices, ...opened.notices],
      };
    }),

  setCorpus: (corpus) =>
    queue.run(async () => {
      await documents.set(corpus);
      return documents.size;
    }),

  ask: (task, port) =>
    streamOver(port, (send, signal) =>
      queue.run(async () => {
        const runtime = await unlessAborted(part("runtime"), signal); // it may still be loading
        return runtime.answer(task, { onEvent: send, signal });
      }),
    ),

  remember: (trace, modes) => queue.run(async () => (await part("runtime")).remember(trace, modes)),

  listLogs: async () => (await theBank()).list(),
  deleteLog: async (id) => (await theBank()).delete(id),
  deleteAllLogs: async () => (await theBank()).deleteAll(),
  bankStats: async () => (await theBank()).stats(),

  async watchBank(port) {
    (await theBank()).subscribe((change) => port.postMessage(change));
  },

  async dispose() {
    (await theBank()).close();
    await (await part("engine")).dispose();
  },
};

expose(service);

// Held until this worker ends, in whatever way: the page takes the lock as the sign of it.
const alive: AliveMessage = "alive";
void navigator.locks.request(self.name, () => {
  self.postMessage(alive);
  return new Promise<never>(() => {});
});
