/**
 * Reads what a graph is from its own inputs and outputs, and refuses by name what this runtime cannot run.
 * Expected: the form of Hugging Face exports, `past_key_values.N.key|value` in, `present.N.key|value` out.
 */
import { ModelUnsupportedError } from "../../terms/errors.ts";
import type { KvDtype, KvShape } from "../../terms/kv-shape.ts";
import type { ModelConfig } from "../model-config.ts";
import type { TensorSpec } from "./session.ts";

export interface GraphForm {
  readonly shape: KvShape;
  /** Of key/value rows. */
  readonly dtype: KvDtype;
  readonly logitsDtype: KvDtype;
  readonly vocabSize: number;
  /** Separate rotation: positions are an input, so the first row may stand anywhere. */
  readonly hasPositionIds: boolean;
  /** The graph computes logits of the last tokens only, as many as asked for. */
  readonly hasNumLogitsToKeep: boolean;
}

const PAST = /^past_key_values\.(\d+)\.(key|value)$/;
const PLAIN_INPUTS = ["input_ids", "attention_mask", "position_ids", "num_logits_to_keep"];

/** Inputs and outputs of layer `layer`. */
export const pastName = (layer: number, what: "key" | "value") => `past_key_values.${layer}.${what}`;
export const presentName = (layer: number, what: "key" | "value") => `present.${layer}.${what}`;

/** Throws ModelUnsupportedError, naming the input or output at fault. */
export function readGraphForm(
  graph: { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] },
  config: ModelConfig,
): GraphForm {
  const inputs = new Map(graph.inputs.map((spec) => [spec.name, spec]));
  const outputs = new Map(graph.outputs.map((spec) => [spec.name, spec]));
  for (const { name } of graph.inputs) {
    if (!PLAIN_INPUTS.includes(name) && !PAST.test(name)) {
      throw refusal(
        `The graph has an input "${name}" that this version cannot feed`,
        `inputs may be ${PLAIN_INPUTS.join(", ")} and past_key_values.N.key|value`,
      );
    }
  }
  need(inputs, "input_ids", ["int64"]);
  need(inputs, "attention_mask", ["int64"]);
  if (inputs.has("position_ids")) need(inputs, "position_ids", ["int64"]);

  const { shape } = config;
  const first = need(inputs, pastName(0, "key"), ["float32", "float16"]);
  const dtype = first.type as KvDtype;
  for (let layer = 0; layer < shape.layers; layer++) {
    for (const what of ["key", "value"] as const) {
      checkRows(need(inputs, pastName(layer, what), [dtype]), shape);
      checkRows(need(outputs, presentName(layer, what), [dtype]), shape);
    }
  }
  if (inputs.has(pastName(shape.layers, "key"))) {
    throw refusal(`The graph has more layers than the ${shape.layers} of config.json`, "both must agree");
  }
  const logits = need(outputs, "logits", ["float32", "float16"]);
  const hasPositionIds = inputs.has("position_ids");
  if (!hasPositionIds && shape.headDim % 16 !== 0) {
    throw refusal(
      `The graph rotates inside its attention (no position_ids) at head size ${shape.headDim}`,
      "that form needs a multiple of 16",
    );
  }
  return {
    shape,
    dtype,
    logitsDtype: logits.type as KvDtype,
    vocabSize: vocabularyOf(logits, config),
    hasPositionIds,
    hasNumLogitsToKeep: inputs.has("num_logits_to_keep"),
  };
}

function need(specs: Map<string, TensorSpec>, name: string, types: readonly string[]): TensorSpec {
  const spec = specs.get(name);
  if (spec === undefined) {
    throw refusal(`The graph has no "${name}"`, `it has ${[...specs.keys()].slice(0, 6).join(", ")}, …`);
  }
  if (!types.includes(spec.type)) {
    throw refusal(`"${name}" of the graph is ${spec.type}`, `this version runs ${types.join(" or ")}`);
  }
  return spec;
}

/** `[batch, kv_heads, rows, head_dim]`: rows must be open, what else is known must agree with config.json. */
function checkRows(spec: TensorSpec, shape: KvShape): void {
  const [, kvHeads, rows, headDim] = spec.dims;
  const open = (dim: number | string | undefined, expected: number) =>
    typeof dim === "string" || dim === expected;
  // An output may come without any shape.
  if (spec.dims.length === 0) return;
  if (
    spec.dims.length !== 4 ||
    !open(kvHeads, shape.kvHeads) ||
    !open(headDim, shape.headDim) ||
    typeof rows === "number"
  ) {
    throw refusal(
      `"${spec.name}" of the graph is [${spec.dims.join(", ")}]`,
      `config.json says [batch, ${shape.kvHeads}, rows, ${shape.headDim}], with any number of rows`,
    );
  }
}

function vocabularyOf(logits: TensorSpec, config: ModelConfig): number {
  const last = logits.dims.at(-1);
  return typeof last === "number" ? last : config.vocabSize;
}

function refusal(got: string, expected: string): ModelUnsupportedError {
  return new ModelUnsupportedError(
    `${got}; ${expected}. Use an export of a decoder with grouped-query attention (onnxruntime-genai or Optimum).`,
  );
}
