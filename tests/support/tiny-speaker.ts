/**
 * A whole model folder with the embedded model's tokenizer and template around random weights: the real engine
 * and real token ids for tests of structure, which need no trained model. What it says has no meaning.
 */
import type { Engine } from "../../src/engine/engine.ts";
import type { Fetch } from "../../src/engine/fetch-file.ts";
import { loadEngine } from "../../src/engine/load-engine.ts";
import type { KvDtype } from "../../src/terms/kv-shape.ts";
import { diskFetch, projectUrl } from "./disk-fetch.ts";
import { inPieces } from "./in-pieces.ts";
import { buildModel, configJson, randomWeights, TINY } from "./tiny-model.ts";

const CONFIG = { ...TINY, vocab: 2048, maxPositions: 2048 };

/** Where weights may lie in the folder. */
export const FLOAT32 = "onnx/model.onnx";
export const FLOAT16 = "onnx/model_fp16.onnx";

export interface SpeakerOptions {
  /** Other seeds are other models. Default 1. */
  readonly seed?: number;
  /** Default 12. */
  readonly maxNewTokens?: number;
  /** Whether the folder also offers the weights in 16 bits. Default no. */
  readonly float16?: boolean;
  /** More fields of its `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** More fields of its `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
}

/** The folder, as `loadEngine` takes it. */
export interface SpeakerFolder {
  readonly modelUrl: string;
  readonly fetch: Fetch;
  /** Files that were asked for, in order. */
  readonly asked: readonly string[];
}

export function speakerFolder({
  seed = 1,
  maxNewTokens = 12,
  float16 = false,
  config = {},
  generation = {},
}: SpeakerOptions = {}): SpeakerFolder {
  const json = (fields: object) => new TextEncoder().encode(JSON.stringify(fields));
  const model = (dtype: KvDtype) => buildModel({ ...CONFIG, dtype }, randomWeights(CONFIG, seed));
  const lag = {
    instruction: "short",
    ...(float16 ? { weights: { float32: FLOAT32, float16: FLOAT16 } } : {}),
  };
  const made: Record<string, () => Uint8Array<ArrayBuffer>> = {
    "config.json": () => json({ ...configJson(CONFIG), eos_token_id: 4, lag, ...config }),
    "generation_config.json": () => json({ max_new_tokens: maxNewTokens, ...generation }),
    [FLOAT32]: () => model("float32"),
    ...(float16 ? { [FLOAT16]: () => model("float16") } : {}),
  };
  const modelUrl = projectUrl("public/models/embedded");
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const file = url.slice(modelUrl.length);
    asked.push(file);
    if (file === "self-test.json") return new Response(null, { status: 404 });
    const bytes = made[file]?.();
    return bytes ? inPieces(bytes) : diskFetch(url, init);
  };
  return { modelUrl, fetch, asked };
}

/** The engine on wasm. Whoever opens it disposes it. */
export function openSpeaker(options: SpeakerOptions = {}): Promise<Engine> {
  return loadEngine({ ...speakerFolder(options), backend: "wasm" });
}
