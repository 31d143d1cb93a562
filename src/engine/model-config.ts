/**
 * Reads `config.json`: the geometry of key/value rows and of rotation, or why there are no rows that logs could keep.
 */
import type { RotaryPairs } from "../kernels/rotary-table.ts";
import { ModelFileError, ModelUnsupportedError } from "../terms/errors.ts";
import { type KvShape, NO_ROWS } from "../terms/kv-shape.ts";
import type { Mode } from "../terms/log.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";
import { readSimilarityFloors } from "./read-similarity-floors.ts";
import { isKnownScaling, powersOf, scaledFrequencies } from "./rotary-scaling.ts";
import { refusedRows, scalingOf } from "./rows-refused.ts";
import { readTrainedModes } from "./trained-modes.ts";
import { readWeightFiles, type WeightFiles } from "./weight-files.ts";

export interface RotaryConfig {
  /** Base of the frequencies. */
  readonly theta: number;
  /** Leading elements of a head that are rotated. */
  readonly rotaryDim: number;
  /** Which of them turn together. Absent: halves. */
  readonly pairs?: RotaryPairs;
  /** Radians a position of each pair, where they are scaled. Absent: powers of the base. */
  readonly inverseFrequencies?: readonly number[];
}

export interface ModelConfig {
  readonly modelType: string;
  /** Of its rows, where the file tells it; NO_ROWS where it does not. */
  readonly shape: KvShape;
  /** Query heads, or 0 where the file does not tell. */
  readonly heads: number;
  readonly vocabSize: number;
  /** Positions that the model was made for. */
  readonly maxPositions: number;
  /** How keys are rotated. Undefined: its rows cannot be carried, `noRows` says why. */
  readonly rotary: RotaryConfig | undefined;
  readonly noRows: string | undefined;
  /** Ids that end a turn, from this file. */
  readonly endIds: readonly number[];
  /** The files that hold the weights. */
  readonly weights: WeightFiles;
  /** Modes that the model was trained for, or undefined when the file does not say. */
  readonly trainedModes: readonly Mode[] | undefined;
  /** Holds those that the file says. */
  readonly floors: SimilarityFloors;
}

type Fields = Readonly<Record<string, unknown>>;

/** Types of models whose neighbouring elements turn together, not halves. Graphs that say which overrule this. */
const ADJACENT = ["cohere", "cohere2", "ernie4_5", "glm", "glm4", "helium"];

/** `fields` is the parsed file. Throws ModelUnsupportedError, or ModelFileError for a value that is no sense. */
export function readModelConfig(fields: unknown): ModelConfig {
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new ModelFileError("config.json is not a JSON object. Download the model folder again.");
  }
  const config = fields as Fields;
  const modelType = typeof config.model_type === "string" ? config.model_type : "(no model_type)";
  if (config.is_encoder_decoder) {
    throw new ModelUnsupportedError(
      `The model (model_type "${modelType}") is an encoder-decoder (config.json: is_encoder_decoder), which this ` +
        "version cannot run. Use a decoder, such as Llama or Qwen2.",
    );
  }
  const maxPositions =
    count(config, "max_position_embeddings") ?? count(config, "n_positions") ?? UNSAID_POSITIONS;
  const vocabSize = count(config, "vocab_size");
  if (vocabSize === undefined) {
    throw new ModelFileError("config.json has no vocab_size. Use the model's own configuration.");
  }
  const noRows = refusedRows(config, maxPositions) ?? missingGeometry(config);
  return {
    modelType,
    ...geometryOf(config),
    vocabSize,
    maxPositions,
    rotary: noRows === undefined ? rotaryOf(config, modelType, maxPositions) : undefined,
    noRows,
    endIds: idsOf(config.eos_token_id),
    weights: readWeightFiles(config.lag),
    trainedModes: readTrainedModes(config.lag),
    floors: readSimilarityFloors(config.lag),
  };
}

/** Radians a position of each pair. */
export function frequenciesOf({ theta, rotaryDim, inverseFrequencies }: RotaryConfig): readonly number[] {
  return inverseFrequencies ?? powersOf(theta, rotaryDim);
}

/** A token id or a list of them, as `eos_token_id` is written. Anything else is an empty list. */
export function idsOf(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((id): id is number => Number.isInteger(id));
}

/** Recurrent models have no limit of their own. */
const UNSAID_POSITIONS = 4096;
const GEOMETRY = ["num_hidden_layers", "num_attention_heads", "hidden_size"] as const;

function missingGeometry(config: Fields): string | undefined {
  const missing = GEOMETRY.find((field) => count(config, field) === undefined);
  return missing && `no "${missing}" in config.json, so that the geometry of its rows is not known`;
}

function geometryOf(config: Fields): Pick<ModelConfig, "shape" | "heads"> {
  const [layers, heads, hidden] = GEOMETRY.map((field) => count(config, field));
  if (layers === undefined || heads === undefined || hidden === undefined)
    return { shape: NO_ROWS, heads: 0 };
  const headDim = count(config, "head_dim") ?? hidden / heads;
  const kvHeads = count(config, "num_key_value_heads") ?? heads;
  if (!Number.isInteger(headDim) || heads % kvHeads !== 0) {
    throw new ModelFileError(
      `config.json: ${heads} heads over ${kvHeads} KV heads, head size ${headDim} do not fit together. ` +
        "Download the model folder again.",
    );
  }
  return { shape: { layers, kvHeads, headDim }, heads };
}

function rotaryOf(config: Fields, modelType: string, maxPositions: number): RotaryConfig {
  const parameters = (config.rope_parameters ?? {}) as Fields;
  const { headDim } = geometryOf(config).shape;
  const share = config.partial_rotary_factor ?? parameters.partial_rotary_factor ?? config.rotary_pct ?? 1;
  const rotaryDim = typeof share === "number" ? Math.trunc(headDim * share) : Number.NaN;
  if (!(rotaryDim > 0 && rotaryDim <= headDim && rotaryDim % 2 === 0)) {
    throw new ModelFileError(
      `config.json: ${JSON.stringify(share)} of a head of ${headDim} elements is to be rotated, expected an even ` +
        "number of elements. Download the model folder again.",
    );
  }
  const theta = baseOf(config, parameters);
  const { type, fields } = scalingOf(config);
  return {
    theta,
    rotaryDim,
    ...(ADJACENT.includes(modelType) && { pairs: "adjacent" as const }),
    ...(isKnownScaling(type) && {
      inverseFrequencies: scaledFrequencies(type, fields, { theta, rotaryDim, maxPositions }),
    }),
  };
}

function baseOf(config: Fields, parameters: Fields): number {
  // Configurations older than the field mean 10000; the rotary self-test would notice if not.
  const theta = config.rope_theta ?? parameters.rope_theta ?? config.rotary_emb_base ?? 10000;
  if (typeof theta !== "number" || !(theta > 1)) {
    throw new ModelFileError(`config.json: rope_theta is ${String(theta)}, expected a number above 1.`);
  }
  return theta;
}

/** Undefined when the file does not have the field. */
function count(config: Fields, field: string): number | undefined {
  const value = config[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new ModelFileError(
      `config.json: ${field} is ${JSON.stringify(value)}, expected a whole number of at least 1. ` +
        "Download the model folder again.",
    );
  }
  return value;
}
