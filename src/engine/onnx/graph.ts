/**
 * Reads what a graph is from its own inputs, outputs and nodes, and refuses by name what this runtime cannot run.
 * Expected: token ids in, logits out, and what it remembers as pairs of `past…` in and `present…` out.
 */
import type { RotaryPairs } from "../../kernels/rotary-table.ts";
import { ModelUnsupportedError } from "../../terms/errors.ts";
import type { KvDtype, KvShape } from "../../terms/kv-shape.ts";
import type { ModelConfig } from "../model-config.ts";
import type { GraphFacts } from "./graph-facts.ts";
import type { RotaryTables } from "./rotary-tables.ts";
import { presentNames, type RowNames, type RowsOf, rowsNamed, type StateName } from "./row-names.ts";
import type { TensorSpec } from "./session.ts";

export interface GraphForm {
  readonly logitsDtype: KvDtype;
  readonly vocabSize: number;
  readonly hasAttentionMask: boolean;
  readonly hasPositionIds: boolean;
  /** The input that says of how many last tokens logits are computed: its sizes, or undefined where there is none. */
  readonly logitsToKeep: readonly number[] | undefined;
  readonly memory: RowsForm | StateForm;
}

/** Key/value rows that logs can keep. */
export interface RowsForm {
  readonly kind: "rows";
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly names: RowNames;
  /** Attention appends to the past in place, when past and present are one tensor. Otherwise it makes new ones. */
  readonly inPlace: boolean;
  /** Attention rotates by itself. */
  readonly fusedRotation: boolean;
  /** The first row may stand at any position. */
  readonly startsAnywhere: boolean;
  /** Which elements of a key turn together, where the graph says so. */
  readonly pairs: RotaryPairs | undefined;
  /** What it rotates them with, where that are constants. */
  readonly tables: RotaryTables | undefined;
}

/** Whatever the model remembers, handed from run to run as it is. */
export interface StateForm {
  readonly kind: "state";
  readonly tensors: readonly (StateName & Pick<TensorSpec, "type" | "dims">)[];
  /** Why it holds no rows that logs could keep. */
  readonly why: string;
}

export type GraphSpecs = { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] };

const TOKENS = ["input_ids", "attention_mask", "position_ids"] as const;
const KEEP = "num_logits_to_keep";
const PLAIN_INPUTS: readonly string[] = [...TOKENS, KEEP];
const FLOATS: readonly string[] = ["float32", "float16"] satisfies KvDtype[];

/** Throws ModelUnsupportedError, naming the input or output at fault. */
export function readGraphForm(graph: GraphSpecs, config: ModelConfig, facts: GraphFacts): GraphForm {
  const inputs = new Map(graph.inputs.map((spec) => [spec.name, spec]));
  const outputs = new Map(graph.outputs.map((spec) => [spec.name, spec]));
  need(inputs, "input_ids", ["int64"]);
  for (const name of TOKENS) {
    if (inputs.has(name)) checkTokens(need(inputs, name, ["int64"]));
  }
  const keep = inputs.get(KEEP);
  const logits = need(outputs, "logits", FLOATS);
  const states = graph.inputs.filter(({ name }) => !PLAIN_INPUTS.includes(name));
  const why = config.noRows ?? refusedState(states, facts, config);
  return {
    logitsDtype: logits.type as KvDtype,
    vocabSize: vocabularyOf(logits, config),
    hasAttentionMask: inputs.has("attention_mask"),
    hasPositionIds: inputs.has("position_ids"),
    logitsToKeep: keep?.dims.map(() => 1),
    memory: why === undefined ? rowsForm(inputs, outputs, config, facts) : stateForm(states, outputs, why),
  };
}

function rowsForm(
  inputs: Map<string, TensorSpec>,
  outputs: Map<string, TensorSpec>,
  { shape }: ModelConfig,
  facts: GraphFacts,
): RowsForm {
  const known = new Map<string, string>();
  for (const name of inputs.keys()) {
    const rows = rowsNamed(name);
    if (rows) known.set(`${rows.layer} ${rows.what}`, name);
    else if (!PLAIN_INPUTS.includes(name)) throw unknownInput(name);
  }
  const nameOf = (layer: number, what: RowsOf): StateName => {
    const past = known.get(`${layer} ${what}`) ?? `past_key_values.${layer}.${what}`;
    return { past, present: presentOf(past, outputs) };
  };
  const names = Array.from({ length: shape.layers }, (_, layer) => ({
    key: nameOf(layer, "key"),
    value: nameOf(layer, "value"),
  }));
  const dtype = need(inputs, names[0]!.key.past, FLOATS).type as KvDtype;
  for (const { past, present } of names.flatMap(({ key, value }) => [key, value])) {
    checkRows(need(inputs, past, [dtype]), shape);
    checkRows(need(outputs, present, [dtype]), shape);
  }
  if (known.size > 2 * shape.layers) {
    throw refusal(`The graph has more layers than the ${shape.layers} of config.json`, "both must agree");
  }
  if (facts.rotatesItself && shape.headDim % 16 !== 0) {
    throw refusal(
      `The graph rotates inside its attention at head size ${shape.headDim}`,
      "that form needs a multiple of 16",
    );
  }
  return {
    kind: "rows",
    shape,
    dtype,
    names,
    inPlace: names.every(({ key, value }) =>
      [key, value].every(({ present }) => facts.appended.has(present)),
    ),
    fusedRotation: facts.rotatesItself,
    startsAnywhere: inputs.has("position_ids") && !facts.rotatesItself,
    pairs: facts.pairs === "both" ? undefined : facts.pairs,
    tables: facts.tables,
  };
}

/** Why what the graph remembers is not, or not only, rows of keys and values that could be moved. */
function refusedState(
  states: readonly TensorSpec[],
  facts: GraphFacts,
  config: ModelConfig,
): string | undefined {
  const { window, pairs } = facts;
  if (window !== undefined && window < config.maxPositions) {
    return `sliding-window attention (the graph: local_window_size ${window})`;
  }
  if (pairs === "both") return "layers that rotate differently (the graph: interleaved)";
  const rows = states.filter(({ name }) => rowsNamed(name));
  const other = states.find(({ name }) => name.startsWith("past") && !rowsNamed(name));
  if (other && rows.length > 0) return `layers that keep a state instead of rows (the graph: ${other.name})`;
  if (other) return `a state instead of key/value rows (the graph: ${other.name})`;
  const quantised = rows.find(({ type }) => ["int8", "uint8"].includes(type));
  if (quantised) return `quantised key/value rows (the graph: ${quantised.name} is ${quantised.type})`;
  const sizes = new Set(rows.map(({ dims }) => dims[3]));
  if (sizes.size > 1) {
    return `keys and values of different sizes (the graph: ${[...sizes].join(" and ")}), as multi-head latent attention`;
  }
  return undefined;
}

function stateForm(states: readonly TensorSpec[], outputs: Map<string, TensorSpec>, why: string): StateForm {
  if (states.length === 0)
    throw refusal("The graph has no past", "a text must not be read anew for each token");
  const tensors = states.map(({ name, type, dims }) => {
    const present = presentOf(name, outputs);
    if (!name.startsWith("past") || !outputs.has(present)) throw unknownInput(name);
    return { past: name, present, type, dims };
  });
  return { kind: "state", tensors, why };
}

/** Its name, or the usual one where the graph has none. */
function presentOf(past: string, outputs: Map<string, TensorSpec>): string {
  const names = presentNames(past);
  return names.find((name) => outputs.has(name)) ?? names[0]!;
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

/** `[batch, tokens]`. Masks of four dimensions and positions of three are for models of another kind. */
function checkTokens({ name, dims }: TensorSpec): void {
  if (dims.length !== 2) {
    throw refusal(
      `"${name}" of the graph has ${dims.length} dimensions`,
      "this version feeds [batch, tokens]",
    );
  }
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

function unknownInput(name: string): ModelUnsupportedError {
  return refusal(
    `The graph has an input "${name}" that this version cannot feed`,
    `inputs may be ${PLAIN_INPUTS.join(", ")}, and past… with a present… among the outputs`,
  );
}

function refusal(got: string, expected: string): ModelUnsupportedError {
  return new ModelUnsupportedError(
    `${got}; ${expected}. Use an export of a decoder that keeps its past (onnxruntime-genai, Optimum or torch).`,
  );
}
