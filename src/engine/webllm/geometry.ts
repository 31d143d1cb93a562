/** The geometry of a WebLLM model's rows, from what its compiled library says of itself, or why it has no such rows. */
import { PAGE_SLOTS, slotsIn } from "../../kernels/kv-pages.ts";
import { describeShape, type KvDtype, type KvShape } from "../../terms/kv-shape.ts";
import type { WebLlmChatConfig } from "./chat-config.ts";

export interface RowGeometry {
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  /** Query heads. */
  readonly heads: number;
}

/** `refused`: what the model has that rows cannot be carried with. */
export type Geometry = RowGeometry | { readonly refused: string };

type Fields = Readonly<Record<string, unknown>>;

/** Kinds whose cache is laid out otherwise, or whose layers do not all have one. To ask the library of their rows may end it. */
const REFUSED: readonly { readonly named: RegExp; readonly why: string }[] = [
  { named: /^deepseek_v[23]/, why: "multi-head latent attention, which keeps no rows of keys and values" },
  { named: /^(rwkv|mamba)/, why: "a recurrent state in place of rows" },
  {
    named: /^(qwen3_5|qwen3_next|jamba|falcon_h1|granitemoehybrid)/,
    why: "recurrent layers among its layers",
  },
  { named: /^(gemma3|cohere2)/, why: "sliding windows in some of its layers" },
  { named: /^llama4/, why: "layers without rotary position" },
];

/** Why a kind of model has no such rows, as far as its name tells; undefined: it may have. */
export function refusedKind(kind: string): string | undefined {
  const known = REFUSED.find(({ named }) => named.test(kind));
  return known && `${known.why} (${kind})`;
}

/** Pages beyond those of the context that a cache may have: one to spare, two more with a sliding window. */
const SPARE_PAGES = 4;

/** `metadata` is what the library's `_metadata` gives. */
export function readGeometry(
  metadata: unknown,
  { modelType, model, quantization }: WebLlmChatConfig,
): Geometry {
  const said = (metadata ?? {}) as Fields;
  const kind = String(said.model_type ?? modelType);
  const state = said.kv_state_kind ?? "kv_cache";
  const known = refusedKind(kind) ?? refusedKind(modelType);
  if (known !== undefined) return { refused: known };
  const why =
    (state !== "kv_cache" ? `a state of kind "${String(state)}" in place of rows` : undefined) ??
    (typeof model.kv_lora_rank === "number" ? REFUSED[0]!.why : undefined) ??
    (said.artifact !== undefined
      ? "a package of several programs, whose prompts its library builds in a way that was never tried"
      : undefined);
  if (why !== undefined) return { refused: `${why} (${kind})` };

  const cache = (said.kv_cache ?? {}) as Fields;
  const [layers, heads, kvHeads, headDim] = [
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "head_dim",
  ].map((name) => cache[name]);
  if (![layers, heads, kvHeads, headDim].every((value) => Number.isInteger(value) && (value as number) > 0)) {
    return { refused: "a library that does not say how its cache is made (_metadata: kv_cache)" };
  }
  const bits = /f(16|32)/.exec(String(said.quantization ?? quantization))?.[1];
  if (bits === undefined) {
    return { refused: `a quantisation, "${quantization}", that does not say in how many bits it computes` };
  }
  const shape = { layers, kvHeads, headDim } as KvShape;
  return { shape, dtype: bits === "16" ? "float16" : "float32", heads: heads as number };
}

/** Slots of the pages that were found, or why they are not those of this cache. `capacity` = tokens of the context. */
export function checkPageBlocks(
  sizes: readonly number[],
  { shape, dtype }: RowGeometry,
  capacity: number,
): { readonly slots: number } | { readonly refused: string } {
  const said = `${describeShape(shape)} in ${dtype} for ${capacity} tokens`;
  if (sizes.length !== shape.layers) {
    return { refused: `its cache has pages of ${sizes.length} layers, where its library says ${said}` };
  }
  const slots = slotsIn(sizes[0]!, { shape, dtype });
  const expected = PAGE_SLOTS * Math.ceil(capacity / PAGE_SLOTS);
  const fits = slots >= expected && slots <= expected + SPARE_PAGES * PAGE_SLOTS;
  if (!fits || sizes.some((size) => size !== sizes[0])) {
    const sizesSeen = [...new Set(sizes)].join(", ");
    return { refused: `its cache has pages of ${sizesSeen} bytes a layer, where its library says ${said}` };
  }
  return { slots };
}
