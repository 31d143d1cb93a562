/**
 * `<lag-chat>`: a question box with a memory, for any page. The engine is in a worker that is fetched when a model is
 * loaded, and that all elements of the page share.
 */
import { LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { Client } from "../client/connect.ts";
import type { BackendChoice, LoadProgress, LoadResult } from "../client/protocol.ts";
import type { TaskResult, UsedLog } from "../runtime/events.ts";
import type { Document } from "../terms/document.ts";
import { InputError, isNamed, messageOf } from "../terms/errors.ts";
import type { Mode } from "../terms/log.ts";
import { unlessAborted } from "../terms/unless-aborted.ts";
import { DEFAULT_MODEL } from "./default-model.ts";
import { EngineUse } from "./engine-use.ts";
import { styles } from "./lag-chat.styles.ts";
import { type Acts, view } from "./lag-chat.view.ts";
import { readCorpus } from "./read-corpus.ts";
import { addLanguage, textsOf } from "./texts.ts";
import { answerOf, newTurn, type Turn, takeIn } from "./turn.ts";

export interface LagChatEvents {
  "lag-ready": CustomEvent<LoadResult>;
  "lag-progress": CustomEvent<LoadProgress>;
  /** A question that was asked, or the answer to it. */
  "lag-message": CustomEvent<LagMessage>;
  "lag-logs-used": CustomEvent<{ readonly logs: readonly UsedLog[] }>;
  "lag-error": CustomEvent<{ readonly error: unknown; readonly message: string }>;
}

export type LagMessage =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly result: TaskResult };

/** Which engine an element uses: a change of one of these makes it another. */
const ENGINE_PROPERTIES = ["model", "backend", "bank", "client"] as const;

export class LagChat extends LitElement {
  static override styles = styles;
  static override properties = {
    model: { type: String },
    backend: { type: String },
    bank: { type: String },
    corpus: { type: String },
    mode: { type: String },
    autoload: { type: Boolean, reflect: true },
    anyMemory: { type: Boolean, attribute: "any-memory" },
    theme: { type: String, reflect: true },
    placeholder: { type: String },
    documents: { attribute: false },
    client: { attribute: false },
    _sure: { state: true },
  };
  static addLanguage = addLanguage;

  /** Address of a model folder. Default: the embedded model, beside the library. */
  declare model: string | null;
  /** `auto` (default), `webgpu`, `wasm`. */
  declare backend: BackendChoice;
  /** Name of the bank. Default "web-lag". */
  declare bank: string;
  /** Address of a file of JSON lines that tasks read. Without documents a question is answered in one reply. */
  declare corpus: string | null;
  declare mode: Mode;
  /** Loads the model at once instead of when a button is pressed. */
  declare autoload: boolean;
  /** Loads a model also where it needs more memory than the browser tells of. Such a model is refused otherwise. */
  declare anyMemory: boolean;
  /** `light` or `dark`. Default: what the person prefers. */
  declare theme: string | null;
  declare placeholder: string | null;
  /** Documents, in place of `corpus`. */
  declare documents: readonly Document[] | null;
  /** An engine of one's own, such as a fake. Default: shared with the page's other elements. */
  declare client: Client | null;

  /** "Forget all" was pressed once. */
  declare _sure: boolean;

  readonly #turns: Turn[] = [];
  readonly #use: EngineUse;
  #stop: AbortController | undefined;
  #atEnd = true;

  constructor() {
    super();
    this.model = null;
    this.backend = "auto";
    this.bank = "web-lag";
    this.corpus = null;
    this.mode = "kv";
    this.autoload = false;
    this.anyMemory = false;
    this.theme = null;
    this.placeholder = null;
    this.documents = null;
    this.client = null;
    this._sure = false;
    this.#use = new EngineUse(
      () => ({
        modelUrl: this.#modelUrl,
        backend: this.backend,
        bankName: this.bank,
        client: this.client,
      }),
      {
        changed: () => this.requestUpdate(),
        ready: (result) => this.#tell("lag-ready", result),
        progress: (progress) => this.#tell("lag-progress", progress),
        failed: (error) => this.#fail(error),
      },
    );
  }

  static override get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: the base class collects the attributes of the class that asks it.
    return [...super.observedAttributes, "lang"];
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === "lang") this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    this.#use.leave();
  }

  /** Loads the model, once. Rejects when that fails; the next call tries again. */
  load(): Promise<LoadResult> {
    return this.#use.load(this.anyMemory);
  }

  /** Asks, and shows question and answer. Loads the model first. One at a time. Rejects when it fails or is stopped. */
  async ask(question: string): Promise<TaskResult> {
    const text = typeof question === "string" ? question.trim() : "";
    if (text === "")
      throw new InputError(`question is ${JSON.stringify(question)}, expected text. Ask something.`);
    if (this.#stop) throw new InputError("A question is being answered. Wait for it, or call stop() first.");
    const stop = new AbortController();
    this.#stop = stop;
    const isReply = !this.documents && !this.corpus;
    const turns = this.#answered();
    const turn = newTurn(text, isReply);
    this.#turns.push(turn);
    this.#tell("lag-message", { role: "user", text });
    this.requestUpdate();
    try {
      await unlessAborted(this.load(), stop.signal); // which goes on, for the next question
      const documents = await unlessAborted(this.#documents(), stop.signal);
      const how = isReply ? ({ kind: "chat", turns } as const) : ({ kind: "knowledge" } as const);
      const result = await this.#use.engine.ask({ question: text, mode: this.mode, ...how }, documents, {
        signal: stop.signal,
        onEvent: (event) => takeIn(turn, event) && this.requestUpdate(),
      });
      Object.assign(turn, { state: "done", result });
      this.#tell("lag-message", { role: "assistant", text: answerOf(turn, textsOf(this.#language)), result });
      if (result.logs.length > 0) this.#tell("lag-logs-used", { logs: result.logs });
      return result;
    } catch (error) {
      const stopped = isNamed(error, "AbortError");
      Object.assign(turn, { state: stopped ? "stopped" : "failed", error: messageOf(error) });
      if (!stopped && this.#use.state.is !== "failed") this.#fail(error);
      throw error;
    } finally {
      this.#stop = undefined;
      this.requestUpdate();
    }
  }

  /** Ends the question that is being answered, if there is one. Nothing is kept of it. */
  stop(): void {
    this.#stop?.abort();
  }

  /** Empties the conversation. What is kept in the bank stays. */
  clear(): void {
    this.stop();
    this.#turns.length = 0;
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const log = this.renderRoot.querySelector("[part=log]");
    if (log) this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    if (this.hasUpdated && ENGINE_PROPERTIES.some((name) => changed.has(name))) {
      this.#use.change();
    }
  }

  protected override updated(): void {
    const log = this.renderRoot.querySelector("[part=log]");
    if (log && this.#atEnd) log.scrollTop = log.scrollHeight;
    if (this.#use.state.is !== "idle" || !this.isConnected) return;
    if (this.autoload) this.load().catch(() => {});
    else void this.#use.measure();
  }

  protected override render(): TemplateResult {
    return view(
      {
        load: this.#use.state,
        size: this.#use.size,
        turns: this.#turns,
        busy: this.#stop !== undefined,
        kept: this.#use.kept,
        sure: this._sure,
        placeholder: this.placeholder,
        language: this.#language,
      },
      this.#acts,
    );
  }

  readonly #acts: Acts = {
    load: () => {
      // Pressed again after a refusal, it is meant.
      const { state } = this.#use;
      if (state.is === "failed" && state.tooLarge) this.anyMemory = true;
      this.load().catch(() => {}); // the status shows it
    },
    submit: (event) => {
      event.preventDefault();
      this.#submit();
    },
    key: (event) => {
      if (event.key === "Escape") this.stop();
      // isComposing: Enter that ends an input method's word is not meant for us.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    },
    stop: () => this.stop(),
    forget: () => {
      if (this._sure) this.#use.forget();
      this._sure = !this._sure;
    },
    keep: () => {
      this._sure = false;
    },
  };

  #submit(): void {
    const box = this.renderRoot.querySelector("textarea")!;
    if (box.value.trim() === "" || this.#stop || this.#use.state.is !== "ready") return;
    const question = box.value;
    box.value = "";
    this.ask(question).catch(() => {}); // the turn shows it
  }

  get #language(): string {
    return this.lang || this.closest<HTMLElement>("[lang]")?.lang || "en";
  }

  get #modelUrl(): string {
    if (this.model === null) return DEFAULT_MODEL;
    const url = new URL(this.model, document.baseURI);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url.href;
  }

  /** Turns that were answered, as a reply in one piece is told of them. */
  #answered() {
    return this.#turns.flatMap(({ question, result }) =>
      result?.answer ? [{ question, answer: result.answer }] : [],
    );
  }

  async #documents(): Promise<readonly Document[]> {
    if (this.documents) return this.documents;
    return this.corpus ? readCorpus(new URL(this.corpus, document.baseURI).href) : NO_DOCUMENTS;
  }

  #tell<Name extends keyof LagChatEvents>(name: Name, detail: LagChatEvents[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #fail(error: unknown): void {
    this.#tell("lag-error", { error, message: messageOf(error) });
  }
}

/** One list, so that elements without documents need not set it anew. */
const NO_DOCUMENTS: readonly Document[] = [];
