/** A language model of the AI SDK over chat completions. V3 and V4 differ in what it calls itself. */
import type {
  LanguageModelV3,
  LanguageModelV3StreamPart,
  LanguageModelV4,
  LanguageModelV4FinishReason,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from "@ai-sdk/provider";
import type { ChatCompletions } from "../api/chat-completions.ts";
import type { ChatCompletionChunk, FinishReason, LagReport, Usage } from "../api/chat-types.ts";
import { type CallOptions, readCall } from "./read-call.ts";

/** The parts that are sent: in both versions the same. */
type StreamPart = Extract<
  LanguageModelV3StreamPart,
  { type: `${"stream" | "reasoning" | "text"}-${string}` | "response-metadata" | "finish" | "error" }
>;

export interface ModelSource {
  readonly modelId: string;
  /** Loads the model when it is needed first. */
  completions(): Promise<ChatCompletions>;
}

export function languageModelV4(source: ModelSource): LanguageModelV4 {
  return { specificationVersion: "v4", ...commonOf(source) };
}

export function languageModelV3(source: ModelSource): LanguageModelV3 {
  return { specificationVersion: "v3", ...commonOf(source) };
}

function commonOf({ modelId, completions }: ModelSource) {
  return {
    provider: "web-lag",
    modelId,
    supportedUrls: {},
    async doGenerate(options: CallOptions) {
      const { request, warnings } = readCall(options);
      const said = await (await completions()).create({ ...request, stream: false }, signalOf(options));
      const { message, finish_reason } = said.choices[0];
      return {
        content: [
          { type: "reasoning" as const, text: message.reasoning_content },
          { type: "text" as const, text: message.content },
        ].filter(({ text }) => text !== ""),
        finishReason: finishOf(finish_reason),
        usage: usageOf(said.usage),
        providerMetadata: metadataOf(said.lag),
        response: responseOf(said),
        warnings,
      };
    },
    async doStream(options: CallOptions) {
      const { request, warnings } = readCall(options);
      const chunks = await (await completions()).create(
        { ...request, stream: true, stream_options: { include_usage: true } },
        signalOf(options),
      );
      const parts = partsOf(chunks, warnings);
      const stream = new ReadableStream<StreamPart>({
        async pull(controller) {
          const { value, done } = await parts.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => void (await parts.return(undefined)),
      });
      return { stream };
    },
  };
}

/** What was said on the way is reasoning, the answer is text. What goes wrong is a part of type `error`, the last one. */
async function* partsOf(
  chunks: AsyncIterable<ChatCompletionChunk>,
  warnings: ReturnType<typeof readCall>["warnings"],
): AsyncGenerator<StreamPart, undefined> {
  yield { type: "stream-start", warnings };
  let open: "reasoning" | "text" | undefined;
  let finish: FinishReason = "stop";
  let report: LagReport | undefined;
  let first = true;
  try {
    for await (const chunk of chunks) {
      if (first) yield { type: "response-metadata", ...responseOf(chunk) };
      first = false;
      const [choice] = chunk.choices;
      const { reasoning_content: reasoning, content } = choice?.delta ?? {};
      for (const [kind, delta] of [["reasoning", reasoning] as const, ["text", content] as const]) {
        if (!delta) continue;
        if (open !== kind) {
          if (open) yield { type: `${open}-end`, id: open };
          yield { type: `${kind}-start`, id: kind };
          open = kind;
        }
        yield { type: `${kind}-delta`, id: kind, delta };
      }
      finish = choice?.finish_reason ?? finish;
      report ??= chunk.lag;
      if (!chunk.usage) continue;
      if (open) yield { type: `${open}-end`, id: open };
      yield {
        type: "finish",
        finishReason: finishOf(finish),
        usage: usageOf(chunk.usage),
        ...(report && { providerMetadata: metadataOf(report) }),
      };
    }
  } catch (error) {
    yield { type: "error", error };
  }
}

const signalOf = ({ abortSignal }: CallOptions) => ({ ...(abortSignal && { signal: abortSignal }) });

function responseOf({ id, created, model }: { id: string; created: number; model: string }) {
  return { id, timestamp: new Date(created * 1000), modelId: model };
}

function finishOf(reason: FinishReason): LanguageModelV4FinishReason & { unified: FinishReason } {
  return { unified: reason, raw: reason };
}

/** Text and reasoning are not counted apart: one response holds both. */
function usageOf(usage: Usage): LanguageModelV4Usage {
  const { prompt_tokens: total, completion_tokens, prompt_tokens_details } = usage;
  const { cached_tokens: cacheRead } = prompt_tokens_details;
  return {
    inputTokens: { total, noCache: total - cacheRead, cacheRead, cacheWrite: undefined },
    outputTokens: { total: completion_tokens, text: undefined, reasoning: undefined },
  };
}

function metadataOf({ logs, steps, outcome, log_id }: LagReport): SharedV4ProviderMetadata {
  return { lag: { logs: logs.map((log) => ({ ...log })), steps, outcome, logId: log_id } };
}
