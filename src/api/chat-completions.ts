/** `chat.completions.create` over a client: one request is one task, whose log the next request can use. */
import type { Client } from "../client/connect.ts";
import type { LagEvent, Notice, TaskResult } from "../runtime/events.ts";
import { AbortError } from "../terms/errors.ts";
import type { TaskKind } from "../terms/task-kind.ts";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  ChatRequest,
  FinishReason,
  LagReport,
  RequestOptions,
} from "./chat-types.ts";
import { LiveAnswer } from "./live-answer.ts";
import { pushed } from "./pushed.ts";
import { readRequest } from "./read-request.ts";
import { usageOf } from "./usage.ts";

type Streaming = ChatRequest & { readonly stream: true };

export interface ChatCompletions {
  /** What is said on the way comes as it is said, and so does a reply in a `chat` task; other answers when they are certain. */
  create(request: Streaming, options?: RequestOptions): Promise<AsyncIterable<ChatCompletionChunk>>;
  create(
    request: ChatRequest & { readonly stream?: false | null },
    options?: RequestOptions,
  ): Promise<ChatCompletion>;
  /** Throws InputError, AbortError, and what the task throws. */
  create(
    request: ChatRequest,
    options?: RequestOptions,
  ): Promise<ChatCompletion | AsyncIterable<ChatCompletionChunk>>;
}

export interface CompletionsOptions {
  /** Name of the model that is loaded. */
  readonly model: string;
  /** Of requests that name none: `knowledge` where there are documents, else `chat`. */
  readonly kind: TaskKind;
}

export function createCompletions(
  client: Pick<Client, "ask">,
  { model, kind }: CompletionsOptions,
): ChatCompletions {
  async function create(request: ChatRequest, { signal }: RequestOptions = {}) {
    const { task, notices } = readRequest(request, kind);
    const head = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
    const isReply = task.kind === "chat";
    if (!request.stream) {
      const result = await client.ask(task, { ...(signal && { signal }) });
      return completionOf({ head, notices, isReply }, result);
    }
    const withUsage = request.stream_options?.include_usage === true;
    const ask: Ask = (onEvent, stop) => client.ask(task, { onEvent, signal: stop });
    return chunksOf({ head, notices, isReply, withUsage }, ask, signal);
  }
  return { create: create as ChatCompletions["create"] };
}

interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

interface Frame {
  readonly head: Head;
  readonly notices: readonly Notice[];
  /** The response is the answer, not the way to it. */
  readonly isReply: boolean;
}

function completionOf({ head, notices, isReply }: Frame, result: TaskResult): ChatCompletion {
  return {
    ...head,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: result.answer ?? "",
          reasoning_content: isReply ? "" : result.responses.join("\n\n"),
          refusal: null,
        },
        finish_reason: finishOf(result),
        logprobs: null,
      },
    ],
    usage: usageOf(result),
    lag: reportOf(result, notices),
  };
}

type Ask = (onEvent: (event: LagEvent) => void, signal: AbortSignal) => Promise<TaskResult>;

/** The task begins at once. Whoever stops reading ends it. */
function chunksOf(
  { head, notices, isReply, withUsage }: Frame & { readonly withUsage: boolean },
  ask: Ask,
  signal: AbortSignal | undefined,
): AsyncIterable<ChatCompletionChunk> {
  const object = "chat.completion.chunk";
  const left = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  return pushed<ChatCompletionChunk>(
    async (push) => {
      const say = (delta: ChatDelta, finish: FinishReason | null = null, more = {}) =>
        push({
          ...head,
          object,
          choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
          ...more,
        });
      const reply = new LiveAnswer();
      const sayContent = (content: string) => content !== "" && say({ content });
      say({ role: "assistant", content: "" });
      const result = await ask((event) => {
        if (event.type === "step-start" && event.step > 1) say({ reasoning_content: "\n\n" });
        if (event.type !== "text-delta") return;
        if (isReply) sayContent(reply.add(event.text));
        else say({ reasoning_content: event.text });
      }, stop);
      if (result.answer !== null) sayContent(reply.end(result.answer));
      say({}, finishOf(result), { lag: reportOf(result, notices) });
      if (withUsage) push({ ...head, object, choices: [], usage: usageOf(result) });
    },
    () => left.abort(new AbortError("Nobody read the stream to its end. Nothing was stored for it.")),
  );
}

function finishOf({ outcome }: TaskResult): FinishReason {
  return outcome === "unanswered" ? "length" : "stop";
}

function reportOf(result: TaskResult, notices: readonly Notice[]): LagReport {
  return {
    logs: result.logs,
    steps: result.steps.length,
    outcome: result.outcome,
    log_id: result.logId,
    notices: [...notices, ...result.notices],
    result,
  };
}
