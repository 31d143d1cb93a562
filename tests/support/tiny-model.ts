/**
 * Writes whole Llama-style models as ONNX, in the two forms that exports take: rotation fused into the attention
 * (no `position_ids`) and separate. Weights are random but seeded, or those of a real small model.
 */

import { CONTRIB, GraphWriter } from "../../src/engine/onnx/graph-writer.ts";
import { halfFromFloat } from "../../src/kernels/half.ts";
import type { RotaryPairs } from "../../src/kernels/rotary-table.ts";
import type { KvDtype } from "../../src/terms/kv-shape.ts";

export interface TinyConfig {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly inner: number;
  readonly vocab: number;
  readonly maxPositions: number;
  readonly theta: number;
  readonly rotation: "fused" | "separate";
  /** Default "half-split". */
  readonly pairs?: RotaryPairs;
  readonly dtype?: KvDtype;
  /** Weights are stored in 16 bits and cast to 32, in which the graph computes. */
  readonly halved?: boolean;
  /** The last matrix is multiplied in 16 bits, while rows and logits have 32: nothing outside of the graph tells. */
  readonly halfInside?: boolean;
  /** Weights of matrices in 4 bits, blocks of 32. */
  readonly quantised?: boolean;
  /** Name of a file beside the model that holds the embedding (`weights.embedding`, f32). */
  readonly embeddingIn?: string;
}

/** Matrices are `[in][out]`. */
export interface TinyWeights {
  readonly embedding: Float32Array;
  readonly layers: readonly TinyLayer[];
  readonly finalNorm: Float32Array;
  readonly head: Float32Array;
}

export interface TinyLayer {
  readonly attentionNorm: Float32Array;
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly output: Float32Array;
  readonly innerNorm: Float32Array;
  readonly gate: Float32Array;
  readonly up: Float32Array;
  readonly down: Float32Array;
}

export const TINY: TinyConfig = {
  layers: 2,
  hidden: 64,
  heads: 4,
  kvHeads: 2,
  headDim: 16,
  inner: 96,
  vocab: 96,
  maxPositions: 256,
  theta: 10000,
  rotation: "fused",
};

/** `config.json` of such a model. */
export function configJson(config: TinyConfig): Record<string, unknown> {
  return {
    model_type: "llama",
    hidden_size: config.hidden,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    vocab_size: config.vocab,
    max_position_embeddings: config.maxPositions,
    rope_theta: config.theta,
    eos_token_id: 1,
  };
}

export function randomWeights(config: TinyConfig, seed = 1): TinyWeights {
  const normal = normals(seed);
  const { hidden, heads, kvHeads, headDim, inner, vocab } = config;
  const matrix = (rows: number, columns: number, scale = 1 / Math.sqrt(rows)) =>
    Float32Array.from({ length: rows * columns }, () => normal() * scale);
  const norm = () => Float32Array.from({ length: hidden }, () => 1 + 0.1 * normal());
  return {
    embedding: matrix(vocab, hidden, 1),
    layers: Array.from({ length: config.layers }, () => ({
      attentionNorm: norm(),
      query: matrix(hidden, heads * headDim, 1.4 / Math.sqrt(hidden)),
      key: matrix(hidden, kvHeads * headDim, 1.4 / Math.sqrt(hidden)),
      value: matrix(hidden, kvHeads * headDim),
      output: matrix(heads * headDim, hidden),
      innerNorm: norm(),
      gate: matrix(hidden, inner),
      up: matrix(hidden, inner),
      down: matrix(inner, hidden),
    })),
    finalNorm: norm(),
    head: matrix(hidden, vocab),
  };
}

/** The bytes of `model.onnx`. */
export function buildModel(config: TinyConfig, weights: TinyWeights): Uint8Array<ArrayBuffer> {
  const { hidden, heads, kvHeads, headDim, inner, vocab, dtype = "float32" } = config;
  const graph = new GraphWriter();
  const constant = (name: string, dims: number[], data: Float32Array) => {
    if (!config.halved) {
      return graph.constant(
        name,
        dtype,
        dims,
        dtype === "float32" ? data : Uint16Array.from(data, halfFromFloat),
      );
    }
    graph.constant(`${name}_half`, "float16", dims, Uint16Array.from(data, halfFromFloat));
    return graph.node("Cast", [`${name}_half`], [name], { to: 1 });
  };
  const project = (
    input: string,
    name: string,
    data: Float32Array,
    from: number,
    to: number,
    output: string,
  ) => {
    if (!config.quantised) return graph.node("MatMul", [input, constant(name, [from, to], data)], [output]);
    const { packed, scales } = quantise(data, from, to);
    graph.constant(`${name}_q4`, "uint8", [to, from / 32, 16], packed);
    constant(`${name}_scales`, [to * (from / 32)], scales);
    const attributes = { K: from, N: to, bits: 4, block_size: 32 };
    return graph.node("MatMulNBits", [input, `${name}_q4`, `${name}_scales`], [output], attributes, CONTRIB);
  };
  const interleaved = config.pairs === "adjacent" ? 1 : 0;
  const epsilon = { epsilon: { float: 1e-5 } };

  declareInputsAndOutputs(graph, config);
  countRows(graph);
  writeRotation(constant, config);

  if (config.embeddingIn === undefined) constant("embedding", [vocab, hidden], weights.embedding);
  else {
    const place = { location: config.embeddingIn, offset: 0, length: weights.embedding.byteLength };
    graph.external("embedding", "float32", [vocab, hidden], place);
  }
  let residual = graph.node("Gather", ["embedding", "input_ids"], ["embedded"]);
  let pending: string | undefined;
  // Adds what the last block computed to the residual and normalises it.
  const addAndNorm = (name: string, scale: Float32Array): string => {
    constant(`${name}_scale`, [hidden], scale);
    if (pending === undefined) {
      const attributes = { axis: -1, stash_type: 1, ...epsilon };
      return graph.node("SimplifiedLayerNormalization", [residual, `${name}_scale`], [name], attributes);
    }
    const inputs = [residual, pending, `${name}_scale`];
    graph.node("SkipSimplifiedLayerNormalization", inputs, [name, "", "", `${name}_sum`], epsilon, CONTRIB);
    residual = `${name}_sum`;
    return name;
  };

  for (const [layer, w] of weights.layers.entries()) {
    const at = (name: string) => `layer${layer}_${name}`;
    const normed = addAndNorm(at("attention_norm"), w.attentionNorm);
    let query = project(normed, at("wq"), w.query, hidden, heads * headDim, at("query"));
    let key = project(normed, at("wk"), w.key, hidden, kvHeads * headDim, at("key"));
    const value = project(normed, at("wv"), w.value, hidden, kvHeads * headDim, at("value"));
    if (config.rotation === "separate") {
      const rotate = (x: string, output: string, count: number) =>
        graph.node(
          "RotaryEmbedding",
          [x, "position_ids", "cos", "sin"],
          [output],
          { interleaved, num_heads: count, rotary_embedding_dim: 0 },
          CONTRIB,
        );
      query = rotate(query, at("query_rotated"), 0);
      key = rotate(key, at("key_rotated"), 0);
    }
    const rows = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`, "last_row", "rows"];
    const attended = graph.node(
      "GroupQueryAttention",
      [query, key, value, ...rows, ...(config.rotation === "fused" ? ["cos", "sin"] : [])],
      [at("attended"), `present.${layer}.key`, `present.${layer}.value`],
      {
        num_heads: heads,
        kv_num_heads: kvHeads,
        do_rotary: config.rotation === "fused" ? 1 : 0,
        rotary_interleaved: interleaved,
      },
      CONTRIB,
    );
    pending = project(attended, at("wo"), w.output, heads * headDim, hidden, at("attention"));
    const innerNormed = addAndNorm(at("inner_norm"), w.innerNorm);
    const gate = project(innerNormed, at("wg"), w.gate, hidden, inner, at("gate"));
    const up = project(innerNormed, at("wu"), w.up, hidden, inner, at("up"));
    const open = graph.node("Mul", [gate, graph.node("Sigmoid", [gate], [at("sigmoid")])], [at("silu")]);
    const gated = graph.node("Mul", [open, up], [at("gated")]);
    pending = project(gated, at("wd"), w.down, inner, hidden, at("inner"));
  }
  const last = addAndNorm("final_norm", weights.finalNorm);
  if (config.halfInside) {
    graph.constant("head", "float16", [hidden, vocab], Uint16Array.from(weights.head, halfFromFloat));
    graph.node("Cast", [last], ["last_half"], { to: 10 });
    graph.node("MatMul", ["last_half", "head"], ["logits_half"]);
    graph.node("Cast", ["logits_half"], ["logits"], { to: 1 });
  } else project(last, "head", weights.head, hidden, vocab, "logits");
  return graph.toBytes();
}

function declareInputsAndOutputs(graph: GraphWriter, config: TinyConfig): void {
  const { layers, kvHeads, headDim, vocab, rotation, dtype = "float32" } = config;
  graph.input("input_ids", "int64", ["batch_size", "sequence_length"]);
  graph.input("attention_mask", "int64", ["batch_size", "total_sequence_length"]);
  if (rotation === "separate") graph.input("position_ids", "int64", ["batch_size", "sequence_length"]);
  graph.output("logits", dtype, ["batch_size", "sequence_length", vocab]);
  for (let layer = 0; layer < layers; layer++) {
    for (const what of ["key", "value"]) {
      graph.input(`past_key_values.${layer}.${what}`, dtype, ["batch_size", kvHeads, "past", headDim]);
      graph.output(`present.${layer}.${what}`, dtype, ["batch_size", kvHeads, "total", headDim]);
    }
  }
}

/** The two counts that GroupQueryAttention wants, from the attention mask, as exports compute them. */
function countRows(graph: GraphWriter): void {
  graph.constant("one", "int64", [1], BigInt64Array.of(1n));
  graph.constant("index_one", "int64", [], BigInt64Array.of(1n));
  graph.node("ReduceSum", ["attention_mask", "one"], ["mask_sum"], { keepdims: 1 });
  graph.node("Sub", ["mask_sum", "one"], ["mask_sum_less_one"]);
  graph.node("Cast", ["mask_sum_less_one"], ["last_row"], { to: 6 });
  graph.node("Shape", ["attention_mask"], ["mask_shape"]);
  graph.node("Gather", ["mask_shape", "index_one"], ["mask_length"], { axis: 0 });
  graph.node("Cast", ["mask_length"], ["rows"], { to: 6 });
}

function writeRotation(
  constant: (name: string, dims: number[], data: Float32Array) => string,
  { headDim, maxPositions, theta }: TinyConfig,
): void {
  const half = headDim / 2;
  const table = (turn: (angle: number) => number) =>
    Float32Array.from({ length: maxPositions * half }, (_, i) =>
      turn(Math.floor(i / half) * theta ** ((-2 * (i % half)) / headDim)),
    );
  constant("cos", [maxPositions, half], table(Math.cos));
  constant("sin", [maxPositions, half], table(Math.sin));
}

/** Symmetric 4-bit blocks of 32 along the input, zero at 8. */
function quantise(data: Float32Array, from: number, to: number) {
  const blocks = from / 32;
  const packed = new Uint8Array(to * blocks * 16);
  const scales = new Float32Array(to * blocks);
  for (let block = 0; block < to * blocks; block++) {
    const at = (i: number) => data[((block % blocks) * 32 + i) * to + Math.floor(block / blocks)]!;
    const largest = Math.max(...Array.from({ length: 32 }, (_, i) => Math.abs(at(i))));
    const scale = largest / 7 || 1;
    scales[block] = scale;
    for (let i = 0; i < 32; i++)
      packed[block * 16 + (i >> 1)]! |= (Math.round(at(i) / scale) + 8) << ((i & 1) * 4);
  }
  return { packed, scales };
}

/** Seeded numbers of a normal distribution (mulberry32, Box-Muller). */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform());
}
