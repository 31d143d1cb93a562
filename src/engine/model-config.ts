/** Reads `config.json`: the geometry of key/value rows and of rotation. Refuses what cannot be run by name. */
import { ModelFileError, ModelUnsupportedError } from "../terms/errors.ts";
import type { KvShape } from "../terms/kv-shape.ts";
import type { Mode } from "../terms/log.ts";
import { readTrainedModes } from "./trained-modes.ts";
import { readWeightFiles, type WeightFiles } from "./weight-files.ts";

export interface RotaryConfig {
  /** Base of the frequencies. */
  readonly theta: number;
  /** Leading elements of a head that are rotated, in half-split pairs (i, i + rotaryDim / 2). */
  readonly rotaryDim: number;
}

export interface ModelConfig {
  readonly modelType: string;
  readonly shape: KvShape;
  /** Query heads. */
  readonly heads: number;
  readonly vocabSize: number;
  /** Positions that the model was made for. */
  readonly maxPositions: number;
  readonly rotary: RotaryConfig;
  /** Ids that end a turn, from this file. */
  readonly endIds: readonly number[];
  /** The files that hold the weights. */
  readonly weights: WeightFiles;
  /** Modes that the model was trained for, or undefined when the file does not say. */
  readonly trainedModes: readonly Mode[] | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are there (and not null, false or empty) only in models of a kind that this version does not run. */
const REFUSED: Readonly<Record<string, string>> = {
  is_encoder_decoder: "an encoder-decoder",
  kv_lora_rank: "multi-head latent attention (compressed key/value rows)",
  state_size: "a state-space model",
  ssm_state_size: "a state-space model",
  mamba_d_state: "a state-space model",
  linear_num_key_heads: "linear attention",
  no_rope_layer_interval: "layers without rotary position",
  attn_logit_softcapping: "soft-capped attention",
  alibi: "ALiBi positions",
};

/** `fields` is the parsed file. Throws ModelUnsupportedError, or ModelFileError for a value that is no sense. */
export function readModelConfig(fields: unknown): ModelConfig {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new ModelFileError("config.json is not a JSON object. Download the model folder again.");
  }
  const config = fields as Fields;
  const modelType = typeof config.model_type === "string" ? config.model_type : "(no model_type)";
  refuseOtherKinds(config, modelType);

  const heads = count(config, "num_attention_heads", modelType);
  const hidden = count(config, "hidden_size", modelType);
  const headDim = config.head_dim == null ? hidden / heads : count(config, "head_dim", modelType);
  const kvHeads =
    config.num_key_value_heads == null ? heads : count(config, "num_key_value_heads", modelType);
  const partial = typeof config.partial_rotary_factor === "number" ? config.partial_rotary_factor : 1;
  const rotaryDim = Math.trunc(headDim * partial);
  if (!Number.isInteger(headDim) || rotaryDim % 2 !== 0 || rotaryDim <= 0 || heads % kvHeads !== 0) {
    throw new ModelFileError(
      `config.json: ${heads} heads over ${kvHeads} KV heads, head size ${headDim}, rotated part ${rotaryDim} ` +
        "do not fit together. Download the model folder again.",
    );
  }
  return {
    modelType,
    shape: { layers: count(config, "num_hidden_layers", modelType), kvHeads, headDim },
    heads,
    vocabSize: count(config, "vocab_size", modelType),
    maxPositions: count(config, "max_position_embeddings", modelType),
    rotary: { theta: rotaryBase(config, modelType), rotaryDim },
    endIds: idsOf(config.eos_token_id),
    weights: readWeightFiles(config.lag),
    trainedModes: readTrainedModes(config.lag),
  };
}

/** A token id or a list of them, as `eos_token_id` is written. Anything else is an empty list. */
export function idsOf(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((id): id is number => Number.isInteger(id));
}

function refuseOtherKinds(config: Fields, modelType: string): void {
  for (const [field, kind] of Object.entries(REFUSED)) {
    const value = config[field];
    if (value !== undefined && value !== null && value !== false && value !== 0) {
      throw refusal(modelType, `${kind} (config.json: ${field})`);
    }
  }
  const layerTypes = Array.isArray(config.layer_types) ? config.layer_types : [];
  const other = layerTypes.find((type) => type !== "full_attention");
  if (other !== undefined)
    throw refusal(modelType, `layers of type "${String(other)}" (config.json: layer_types)`);
  if (Array.isArray(config.no_rope_layers) && config.no_rope_layers.includes(0)) {
    throw refusal(modelType, "layers without rotary position (config.json: no_rope_layers)");
  }
  if (typeof config.sliding_window === "number" && config.use_sliding_window !== false) {
    throw refusal(
      modelType,
      `sliding-window attention (config.json: sliding_window ${config.sliding_window})`,
    );
  }
}

function rotaryBase(config: Fields, modelType: string): number {
  const nested = (config.rope_parameters ?? {}) as Fields;
  for (const scaling of [config.rope_scaling, config.rope_parameters]) {
    if (typeof scaling !== "object" || scaling === null) continue;
    const type = (scaling as Fields).rope_type ?? (scaling as Fields).type ?? "default";
    if (type !== "default")
      throw refusal(modelType, `rotary scaling "${String(type)}" (config.json: rope_scaling)`);
  }
  // Configurations older than the field mean 10000; the rotary self-test would notice if not.
  const theta = config.rope_theta ?? nested.rope_theta ?? 10000;
  if (typeof theta !== "number" || !(theta > 1)) {
    throw new ModelFileError(`config.json: rope_theta is ${String(theta)}, expected a number above 1.`);
  }
  return theta;
}

function count(config: Fields, field: string, modelType: string): number {
  const value = config[field];
  if (value === undefined || value === null) {
    throw refusal(modelType, `a decoder without "${field}" in config.json`);
  }
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new ModelFileError(
      `config.json: ${field} is ${JSON.stringify(value)}, expected a whole number of at least 1. ` +
        "Download the model folder again.",
    );
  }
  return value;
}

function refusal(modelType: string, kind: string): ModelUnsupportedError {
  return new ModelUnsupportedError(
    `The model (model_type "${modelType}") is or has ${kind}, which this version cannot run. ` +
      "Use a decoder with rotary position and grouped-query attention, such as Llama or Qwen2.",
  );
}
