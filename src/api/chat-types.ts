/**
 * Shapes of OpenAI's chat completions, as far as they mean something here, and the extension `lag`. Types only.
 * Fields in snake case are OpenAI's own names.
 */
import type { Notice, Task, TaskResult, UsedLog } from "../runtime/events.ts";
import type { Outcome } from "../terms/log.ts";

export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

export interface ChatMessage {
  readonly role: "system" | "developer" | "user" | "assistant";
  readonly content: string | readonly TextPart[] | null;
}

/** How the task of a request is solved: what a task may say besides its question, tokens and sampling. */
export type LagRequest = Omit<Task, "question" | "turns" | "maxNewTokens" | "sampling">;

export interface ChatRequest {
  /** Any name: the model that was loaded answers, and its name comes back. */
  readonly model?: string;
  /** The last one is the question; questions and replies before it are earlier turns. Others bring a notice. */
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  /** Tokens a step. */
  readonly max_completion_tokens?: number | null;
  readonly max_tokens?: number | null;
  /** Default 0: greedy. */
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly seed?: number | null;
  readonly lag?: LagRequest;
}

/** `length`: the steps ran out without an answer, or there was no room for any. */
export type FinishReason = "stop" | "length";

export interface Usage {
  /** Of all steps: rows and tokens in front, and tokens of the prompts. */
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    /** Rows that came from logs: they were read, not computed. */
    readonly cached_tokens: number;
  };
}

/** What logs had to do with an answer. */
export interface LagReport {
  readonly logs: readonly UsedLog[];
  /** Number of generate calls. */
  readonly steps: number;
  readonly outcome: Outcome;
  /** The log that this task left, or null. */
  readonly log_id: string | null;
  readonly notices: readonly Notice[];
  readonly result: TaskResult;
}

export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: {
        readonly role: "assistant";
        /** The answer; empty when there is none. */
        readonly content: string;
        /** All that was said on the way, a step a paragraph. Empty in a `chat` task, whose response is the answer. */
        readonly reasoning_content: string;
        readonly refusal: null;
      };
      readonly finish_reason: FinishReason;
      readonly logprobs: null;
    },
  ];
  readonly usage: Usage;
  readonly lag: LagReport;
}

export interface ChatDelta {
  readonly role?: "assistant";
  readonly content?: string;
  readonly reasoning_content?: string;
}

export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  readonly created: number;
  readonly model: string;
  /** Empty in the chunk that carries `usage`. */
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: ChatDelta;
    readonly finish_reason: FinishReason | null;
    readonly logprobs: null;
  }[];
  readonly usage?: Usage | null;
  /** In the chunk with the finish reason. */
  readonly lag?: LagReport;
}

export interface RequestOptions {
  /** Ends the task; nothing is stored for it. */
  readonly signal?: AbortSignal;
}
