/** A model for the AI SDK: give it to `generateText({ model, prompt })` or `streamText` of the package `ai`. */
import type { LagOptions } from "web-lag";
import { createLagProvider } from "web-lag/ai-sdk";

export async function generate(modelUrl: string, question: string, options: LagOptions = {}) {
  const lag = createLagProvider(options);
  const model = lag(modelUrl);

  // What generateText does with it:
  const { content, usage } = await model.doGenerate({
    prompt: [{ role: "user", content: [{ type: "text", text: question }] }],
    providerOptions: { lag: { mode: "kv", logsPerStep: 1 } },
  });
  const text = content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  return { text, fromLogs: usage.inputTokens.cacheRead };
}
