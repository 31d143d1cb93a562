/** What a task took, counted as OpenAI counts. */
import type { TaskResult } from "../runtime/events.ts";
import { unitOf } from "../terms/log.ts";
import type { Usage } from "./chat-types.ts";

export function usageOf({ steps, mode }: TaskResult): Usage {
  const sum = (of: (step: TaskResult["steps"][number]) => number) =>
    steps.reduce((total, step) => total + of(step), 0);
  const inFront = sum(({ prefixRows }) => prefixRows);
  const prompt = inFront + sum((step) => step.promptTokens + (step.preparation?.promptTokens ?? 0));
  const completion = sum((step) => step.newTokens + (step.preparation?.newTokens ?? 0));
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    // Text of logs is read again like any other: only rows were there already.
    prompt_tokens_details: { cached_tokens: unitOf(mode) === "row" ? inFront : 0 },
  };
}
