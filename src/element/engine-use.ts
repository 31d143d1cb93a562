/** What an element has to do with its engine: which one it uses, how far that is loaded, what the bank holds. */
import type { Client } from "../client/connect.ts";
import type { LoadProgress, LoadResult } from "../client/protocol.ts";
import { weightBytesOf } from "../client/weight-bytes.ts";
import { isNamed, LagError, messageOf } from "../terms/errors.ts";
import type { LoadState } from "./lag-chat.view.ts";
import { type EngineChoice, type SharedEngine, shareEngine } from "./shared-engine.ts";

/** Which engine, read when it is first needed. `client`: an engine of one's own. */
export interface EngineWish extends EngineChoice {
  readonly client: Client | null;
}

export interface EngineHearer {
  /** Something that is shown is another now. */
  changed(): void;
  ready(result: LoadResult): void;
  progress(progress: LoadProgress): void;
  failed(error: unknown): void;
}

export class EngineUse {
  readonly #wish: () => EngineWish;
  readonly #hearer: EngineHearer;
  #state: LoadState = { is: "idle" };
  #size: number | null = null;
  #kept: number | null = null;
  #engine: SharedEngine | undefined;
  #unsubscribe: (() => void)[] = [];
  #measured: string | undefined;

  constructor(wish: () => EngineWish, hearer: EngineHearer) {
    this.#wish = wish;
    this.#hearer = hearer;
  }

  get state(): LoadState {
    return this.#state;
  }

  /** Bytes to be fetched, where the server says. */
  get size(): number | null {
    return this.#size;
  }

  /** Logs in the bank. */
  get kept(): number | null {
    return this.#kept;
  }

  /** The engine of the wish, loaded or not. */
  get engine(): SharedEngine {
    if (!this.#engine) {
      const { client, ...choice } = this.#wish();
      this.#engine = shareEngine(choice, client ?? undefined);
      this.#unsubscribe = [
        this.#engine.onProgress((progress) => {
          if (this.#state.is === "loading") this.#set({ is: "loading", progress: progress.progress });
          this.#hearer.progress(progress);
        }),
        this.#engine.onBankChange(() => void this.#count()),
      ];
    }
    return this.#engine;
  }

  /** Loads the model, once. Rejects when that fails; the next call tries again. */
  async load(anyMemory: boolean): Promise<LoadResult> {
    const { engine } = this;
    if (this.#state.is === "ready") return engine.load();
    this.#set({ is: "loading", progress: 0 });
    try {
      const result = await engine.load(anyMemory);
      if (engine !== this.#engine) throw new LagError("The element was given another engine meanwhile.");
      if (!this.#isReady()) {
        this.#set({ is: "ready" });
        this.#hearer.ready(result);
        void this.#count();
      }
      return result;
    } catch (error) {
      if (engine === this.#engine) {
        const tooLarge = isNamed(error, "TooLargeError");
        this.#set({ is: "failed", message: messageOf(error), tooLarge });
        this.#hearer.failed(error);
      }
      throw error;
    }
  }

  /** Asks how large the model is, once for each. */
  async measure(): Promise<void> {
    const { client, modelUrl } = this.#wish();
    if (client || this.#measured === modelUrl) return;
    this.#measured = modelUrl;
    this.#size = await weightBytesOf(modelUrl);
    this.#hearer.changed();
  }

  /** Deletes every log of the bank. */
  forget(): void {
    this.#engine?.client.deleteAllLogs().then(
      () => this.#count(),
      (error) => this.#hearer.failed(error),
    );
  }

  /** Gives the engine back; the next use is of the one that is wished for then. */
  leave(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
    this.#engine?.release();
    this.#engine = undefined;
    this.#set({ is: "idle" });
  }

  /** Leaves the engine for another one, of which nothing is known yet. */
  change(): void {
    this.#size = null;
    this.#kept = null;
    this.leave();
  }

  /** Asked anew: another call may have made it so meanwhile. */
  #isReady(): boolean {
    return this.#state.is === "ready";
  }

  /** A bank that cannot be read is told by the questions that need it. */
  async #count(): Promise<void> {
    const engine = this.#engine;
    const stats = await engine?.client.bankStats().catch(() => null);
    if (!stats || engine !== this.#engine) return;
    this.#kept = stats.logs;
    this.#hearer.changed();
  }

  #set(state: LoadState): void {
    this.#state = state;
    this.#hearer.changed();
  }
}
