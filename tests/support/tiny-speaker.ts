/**
 * A whole model folder with the embedded model's tokenizer and template around random weights: the real engine
 * and real token ids for tests of structure, which need no trained model. What it says has no meaning.
 */
import type { Engine } from "../../src/engine/engine.ts";
import type { Fetch } from "../../src/engine/fetch-file.ts";
import { loadEngine } from "../../src/engine/load-engine.ts";
import { diskFetch, projectUrl } from "./disk-fetch.ts";
import { buildModel, configJson, randomWeights, TINY } from "./tiny-model.ts";

const CONFIG = { ...TINY, vocab: 2048, maxPositions: 2048 };

export interface SpeakerOptions {
  /** Other seeds are other models. Default 1. */
  readonly seed?: number;
  /** Default 12. */
  readonly maxNewTokens?: number;
}

/** The engine on wasm. Whoever opens it disposes it. */
export function openSpeaker({ seed = 1, maxNewTokens = 12 }: SpeakerOptions = {}): Promise<Engine> {
  const json = (fields: object) => new TextEncoder().encode(JSON.stringify(fields));
  const made: Record<string, () => Uint8Array<ArrayBuffer>> = {
    "config.json": () => json({ ...configJson(CONFIG), eos_token_id: 4, lag: { instruction: "short" } }),
    "generation_config.json": () => json({ max_new_tokens: maxNewTokens }),
    "onnx/model.onnx": () => buildModel(CONFIG, randomWeights(CONFIG, seed)),
  };
  const modelUrl = projectUrl("public/models/embedded");
  const fetch: Fetch = async (url, init) => {
    const file = url.slice(modelUrl.length);
    if (file === "self-test.json") return new Response(null, { status: 404 });
    const bytes = made[file]?.();
    return bytes ? new Response(bytes) : diskFetch(url, init);
  };
  return loadEngine({ modelUrl, backend: "wasm", fetch });
}
