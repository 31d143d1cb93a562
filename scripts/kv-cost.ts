/**
 * `npm run kv-cost`: key/value bytes of a token, and per floating-point operation of its prefill, for the embedded
 * model and two that people run in browsers. The higher the second, the less is saved by loading rows instead of
 * computing them: what reuse saves with the embedded model is a lower bound for the others.
 */
import { readFileSync } from "node:fs";

interface Geometry {
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
}

const LOWER_BOUND =
  "\nThe more bytes per operation, the less is saved by loading rows instead of computing them: what reuse saves with the embedded model is a lower bound for the others.";

/** Bytes of an element: rows in 16 bits, as GPUs with shader-f16 keep them. */
const ELEMENT = 2;

const embedded = new URL("../public/models/embedded/config.json", import.meta.url);
const MODELS: Readonly<Record<string, Geometry>> = {
  embedded: JSON.parse(readFileSync(embedded, "utf8")) as Geometry,
  // From the config.json files of Qwen/Qwen2.5-0.5B-Instruct and meta-llama/Llama-3.2-1B-Instruct.
  "Qwen2.5-0.5B": {
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    head_dim: 64,
  },
  "Llama-3.2-1B": {
    hidden_size: 2048,
    intermediate_size: 8192,
    num_hidden_layers: 16,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 64,
  },
};

/** Keys and values of all layers. */
function kvBytes(model: Geometry): number {
  return 2 * model.num_hidden_layers * model.num_key_value_heads * model.head_dim * ELEMENT;
}

/** Two operations a weight of the layers. Left out: the embedding, of which prefill needs one row, and attention's scores. */
function prefillFlops(model: Geometry): number {
  const { hidden_size: width, head_dim: dim } = model;
  const attention = width * dim * (2 * model.num_attention_heads + 2 * model.num_key_value_heads);
  return 2 * model.num_hidden_layers * (attention + 3 * width * model.intermediate_size);
}

console.log("| model | KV bytes a token (f16) | prefill MFLOP a token | KV bytes per MFLOP |");
console.log("|---|---|---|---|");
for (const [name, model] of Object.entries(MODELS)) {
  const [bytes, flops] = [kvBytes(model), prefillFlops(model) / 1e6];
  console.log(
    `| ${name} | ${bytes.toLocaleString("en")} | ${flops.toFixed(1)} | ${(bytes / flops).toFixed(0)} |`,
  );
}
console.log(LOWER_BOUND);
