/** What `<lag-chat>` shows: its state as elements. What is said is shown as text, never as markup. */
import { html, nothing, type TemplateResult } from "lit";
import { partsOf } from "../app/chat/response-parts.ts";
import type { TaskResult } from "../runtime/events.ts";
import { unitOf } from "../terms/log.ts";
import { megabytes } from "./model-size.ts";
import { type Texts, textsOf } from "./texts.ts";
import { answerOf, type Turn } from "./turn.ts";

export type LoadState =
  | { readonly is: "idle" | "ready" }
  /** `progress`: a share, 0 to 1. */
  | { readonly is: "loading"; readonly progress: number }
  | { readonly is: "failed"; readonly message: string; readonly tooLarge: boolean };

export interface Shown {
  readonly load: LoadState;
  /** Bytes of the model, where the server says. */
  readonly size: number | null;
  readonly turns: readonly Turn[];
  /** Whether a question is being answered. */
  readonly busy: boolean;
  /** Logs in the bank, null before they are counted. */
  readonly kept: number | null;
  /** "Forget all" was pressed once. */
  readonly sure: boolean;
  readonly placeholder: string | null;
  /** A tag such as "en". */
  readonly language: string;
}

/** What a person does. */
export interface Acts {
  readonly load: () => void;
  readonly submit: (event: Event) => void;
  readonly key: (event: KeyboardEvent) => void;
  readonly stop: () => void;
  readonly forget: () => void;
  /** The button that forgets was left. */
  readonly keep: () => void;
}

export function view(shown: Shown, acts: Acts): TemplateResult {
  const texts = textsOf(shown.language);
  const placeholder = shown.placeholder ?? texts.placeholder;
  return html`
    ${status(shown, acts, texts)}
    <div
      part="log" role="log" tabindex="0"
      aria-label=${texts.conversation} aria-busy=${shown.busy ? "true" : "false"}
    >${shown.turns.map((turn) => turnOf(turn, texts))}</div>
    <form part="form" @submit=${acts.submit}>
      <textarea
        part="input" rows="1" dir="auto"
        aria-label=${placeholder} placeholder=${placeholder}
        @keydown=${acts.key}
      ></textarea>
      ${
        shown.busy
          ? html`<button part="stop" type="button" @click=${acts.stop}>${texts.stop}</button>`
          : html`<button part="ask" type="submit" ?disabled=${shown.load.is !== "ready"}>${texts.ask}</button>`
      }
    </form>
    ${footer(shown, acts, texts)}
  `;
}

function status({ load, size, language }: Shown, acts: Acts, texts: Texts): TemplateResult | typeof nothing {
  const button = (label: string) =>
    html`<button part="load" type="button" @click=${acts.load}>${label}</button>`;
  switch (load.is) {
    case "ready":
      return nothing;
    case "idle": {
      const label = size === null ? texts.load : texts.loadOfSize(megabytes(size, language));
      return html`<div part="status">${button(label)}</div>`;
    }
    case "loading":
      return html`<div part="status" role="status">
        <span>${texts.loading}</span>
        <progress part="progress" max="1" .value=${load.progress} aria-label=${texts.loading}></progress>
      </div>`;
    case "failed":
      return html`<div part="status" role="alert">
        <p>${texts.failed(load.message)}</p>
        ${button(load.tooLarge ? texts.anyway : texts.retry)}
      </div>`;
  }
}

function turnOf(turn: Turn, texts: Texts): TemplateResult {
  const { result } = turn;
  return html`<div part="turn">
    <p part="question" dir="auto">${turn.question}</p>
    <p part="answer answer-${turn.state}" dir="auto">${answerOf(turn, texts)}</p>
    ${result && result.logs.length > 0 ? logsOf(result, texts) : nothing}
    ${
      turn.isReply || turn.said.length === 0
        ? nothing
        : html`<details>
            <summary>${texts.steps(turn.said.length)}</summary>
            <ol part="steps" aria-live="off">${turn.said.map((said) => html`<li dir="auto">${response(said)}</li>`)}</ol>
          </details>`
    }
  </div>`;
}

/** What it asks for or answers is marked, in place of the tags around it. */
function response(said: string) {
  return partsOf(said).map(({ kind, text }) =>
    kind === "text" ? html`${text} ` : html`<span part="action action-${kind}">${text}</span> `,
  );
}

function logsOf({ logs, steps, mode }: TaskResult, texts: Texts): TemplateResult {
  const most = Math.max(...steps.map(({ prefixRows }) => prefixRows));
  return html`<details part="logs">
    <summary>${texts.usedLogs(logs.length, most, unitOf(mode))}</summary>
    <ul>
      ${logs.map(
        ({ question, similarity }) =>
          html`<li dir="auto">${question} · ${texts.similar(Math.round(similarity * 100))}</li>`,
      )}
    </ul>
  </details>`;
}

/** Whose memory it is. */
function footer({ kept, sure }: Shown, acts: Acts, texts: Texts): TemplateResult | typeof nothing {
  if (kept === null) return nothing;
  const host = location.host || location.href;
  return html`<div part="footer">
    <p>${kept === 0 ? texts.noMemory(host) : texts.memory(kept, host)}</p>
    ${
      kept === 0
        ? nothing
        : html`<button part="forget" type="button" @click=${acts.forget} @blur=${acts.keep}>
            ${sure ? texts.forgetSure : texts.forget}
          </button>`
    }
  </div>`;
}
