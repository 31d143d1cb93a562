/** A call of the AI SDK → a chat request, and warnings of what the request cannot take in. Both versions alike. */
import type {
  LanguageModelV3CallOptions,
  LanguageModelV4CallOptions,
  SharedV4Warning,
} from "@ai-sdk/provider";
import type { ChatMessage, ChatRequest, LagRequest } from "../api/chat-types.ts";
import { readRequest } from "../api/read-request.ts";

export type CallOptions = LanguageModelV3CallOptions | LanguageModelV4CallOptions;
export type Warning = Extract<SharedV4Warning, { type: "unsupported" | "other" }>;

export interface ReadCall {
  readonly request: ChatRequest;
  readonly warnings: Warning[];
}

/** Settings that nothing here honours: a warning, as the AI SDK has it, not an error. */
const UNSUPPORTED = ["topK", "stopSequences", "presencePenalty", "frequencyPenalty", "tools"] as const;

/** `providerOptions.lag` is the request's `lag`. Throws InputError when the prompt does not end with a user's text. */
export function readCall(options: CallOptions): ReadCall {
  const warnings: Warning[] = [];
  const unsupported = (feature: string) => void warnings.push({ type: "unsupported", feature });
  for (const setting of UNSUPPORTED) {
    const value = options[setting];
    if (value !== undefined && !(Array.isArray(value) && value.length === 0)) unsupported(setting);
  }
  if (options.responseFormat?.type === "json") unsupported("responseFormat json");
  const { maxOutputTokens, temperature, topP, seed } = options;
  const lag = options.providerOptions?.lag as LagRequest | undefined;
  const request: ChatRequest = {
    messages: options.prompt.map((message) => messageOf(message, unsupported)),
    ...(maxOutputTokens !== undefined && { max_completion_tokens: maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(lag && { lag }),
  };
  for (const { text } of readRequest(request, "chat").notices)
    warnings.push({ type: "other", message: text });
  return { request, warnings };
}

function messageOf(
  { role, content }: CallOptions["prompt"][number],
  unsupported: (feature: string) => void,
): ChatMessage {
  if (role === "system") return { role, content };
  const texts: string[] = [];
  for (const part of content) {
    if (part.type === "text") texts.push(part.text);
    else if (role === "user") unsupported(`${part.type} in a message`);
  }
  // What tools said belongs to turns that are left out anyway.
  return { role: role === "tool" ? "assistant" : role, content: texts.join("\n") };
}
