/** Which engine runs a model: WebLLM those of its own addresses, and it is fetched only then; onnxruntime all others. */
import type { Engine } from "../src/engine/engine.ts";
import { type LoadEngineOptions, loadEngine } from "../src/engine/load-engine.ts";
import { isWebLlmAddress } from "../src/terms/web-llm-address.ts";

/** Throws what the engines throw. */
export async function openEngine(options: LoadEngineOptions): Promise<Engine> {
  if (!isWebLlmAddress(options.modelUrl)) return loadEngine(options);
  const { loadWebLlm } = await import("../src/engine/webllm/load-web-llm.ts");
  return loadWebLlm(options);
}
