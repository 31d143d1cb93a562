/**
 * One engine for all elements of a page that name the same model, backend and bank: one worker, one model in memory.
 * Each element keeps its own corpus, which is set again when another one's question came between.
 */
import type { BankChange } from "../bank/bank.ts";
import { type AskOptions, type Client, connect } from "../client/connect.ts";
import type { BackendChoice, LoadProgress, LoadResult } from "../client/protocol.ts";
import type { Task, TaskResult } from "../runtime/events.ts";
import type { Document } from "../terms/document.ts";
import { throwIfAborted } from "../terms/errors.ts";

export interface EngineChoice {
  readonly modelUrl: string;
  readonly backend: BackendChoice;
  readonly bankName: string;
}

/** Long enough for an element to be moved to another place of the page. Milliseconds. */
const GRACE = 10_000;

const engines = new Map<string, SharedEngine>();

/** The engine of a choice; a `client` that is given is used alone, and stays its giver's. Give it back with `release`. */
export function shareEngine(choice: EngineChoice, client?: Client): SharedEngine {
  if (client) return new SharedEngine(choice, { client });
  const key = JSON.stringify([choice.modelUrl, choice.backend, choice.bankName]);
  let engine = engines.get(key);
  if (!engine) {
    engine = new SharedEngine(choice, { onEnd: () => engines.delete(key) });
    engines.set(key, engine);
  }
  engine.keep();
  return engine;
}

export class SharedEngine {
  readonly client: Client;
  readonly #choice: EngineChoice;
  /** Null: the client is another's, who ends it. */
  readonly #onEnd: (() => void) | null;
  readonly #progress = new Set<(progress: LoadProgress) => void>();
  readonly #changes = new Set<(change: BankChange) => void>();
  #users = 0;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #load: Promise<LoadResult> | undefined;
  #corpus: readonly Document[] | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(choice: EngineChoice, { client, onEnd }: { client?: Client; onEnd?: () => void }) {
    this.#choice = choice;
    this.#onEnd = client ? null : (onEnd ?? (() => {}));
    const onProgress = (progress: LoadProgress) => {
      for (const listener of this.#progress) listener(progress);
    };
    this.client = client ?? connect({ onProgress });
    this.client.onBankChange((change) => {
      for (const listener of this.#changes) listener(change);
    });
  }

  keep(): void {
    this.#users += 1;
    clearTimeout(this.#ending);
  }

  /** The worker ends some time after its last user. */
  release(): void {
    this.#users -= 1;
    const onEnd = this.#onEnd;
    if (this.#users > 0 || onEnd === null) return;
    this.#ending = setTimeout(() => {
      this.client.close();
      onEnd();
    }, GRACE);
  }

  /** Calls back until the function that it returns is called. */
  onProgress(listener: (progress: LoadProgress) => void): () => void {
    this.#progress.add(listener);
    return () => this.#progress.delete(listener);
  }

  onBankChange(listener: (change: BankChange) => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  /** Once for all; again after a failure. `anyMemory`: also where the device seems to have no room for it. */
  load(anyMemory = false): Promise<LoadResult> {
    if (!this.#load) {
      this.#load = this.client.load({ ...this.#choice, ...(anyMemory && { anyMemory }) });
      this.#load.catch(() => {
        this.#load = undefined;
      });
    }
    return this.#load;
  }

  /** Waits for questions of other elements, so that none is answered from another's documents. */
  ask(task: Task, documents: readonly Document[], options: AskOptions): Promise<TaskResult> {
    const asked = this.#last.then(async () => {
      throwIfAborted(options.signal);
      if (this.#corpus !== documents) await this.client.setCorpus(documents);
      this.#corpus = documents;
      return this.client.ask(task, options);
    });
    this.#last = asked.catch(() => {});
    return asked;
  }
}
