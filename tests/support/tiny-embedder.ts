/**
 * Writes a whole sentence embedder in the layout of sentence-transformers, and computes in plain code what it
 * computes: every token's state is made of its own embedding and the mean of the whole text's, so that a token that
 * should not count shows.
 */
import { GraphWriter } from "../../src/engine/onnx/graph-writer.ts";

export interface TinyEmbedder {
  /** `[words][dimension]`, by id. */
  readonly embedding: Float32Array;
  /** `[2][dimension]`: the graph asks for `token_type_ids` when it has these. */
  readonly types?: Float32Array;
}

export const DIMENSION = 6;
/** By id. Padding is not zero: a zero that is fed by mistake is a word. */
export const VOCABULARY = ["born", "in", "velin", "[PAD]", "[UNK]", "[CLS]", "[SEP]", "query", "who", "was"];
export const [PAD, UNKNOWN, CLS, SEP] = [3, 4, 5, 6] as const;

export function tinyEmbedder(withTypes: boolean): TinyEmbedder {
  const numbers = (count: number, phase: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin(phase + i * i * 0.7 + i));
  return {
    embedding: numbers(VOCABULARY.length * DIMENSION, 0.3),
    ...(withTypes ? { types: numbers(2 * DIMENSION, 2) } : {}),
  };
}

/** The bytes of `model.onnx`: tanh(x + mean of the x that the mask counts), x = embedding + type. */
export function buildEmbedder({ embedding, types }: TinyEmbedder): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter();
  const whole = ["batch_size", "sequence_length"];
  for (const name of ["input_ids", "attention_mask", ...(types ? ["token_type_ids"] : [])]) {
    graph.input(name, "int64", whole);
  }
  graph.output("last_hidden_state", "float32", [...whole, DIMENSION]);
  graph.constant("words", "float32", [VOCABULARY.length, DIMENSION], embedding);
  let x = graph.node("Gather", ["words", "input_ids"], ["embedded"]);
  if (types) {
    graph.constant("types", "float32", [2, DIMENSION], types);
    x = graph.node("Add", [x, graph.node("Gather", ["types", "token_type_ids"], ["typed"])], ["both"]);
  }
  graph.constant("last", "int64", [1], BigInt64Array.of(-1n));
  graph.constant("tokens", "int64", [1], BigInt64Array.of(1n));
  graph.node("Unsqueeze", [graph.node("Cast", ["attention_mask"], ["mask"], { to: 1 }), "last"], ["counts"]);
  graph.node("ReduceSum", [graph.node("Mul", [x, "counts"], ["counted"]), "tokens"], ["sum"]);
  graph.node("Div", ["sum", graph.node("ReduceSum", ["counts", "tokens"], ["count"])], ["mean"]);
  graph.node("Tanh", [graph.node("Add", [x, "mean"], ["mixed"])], ["last_hidden_state"]);
  return graph.toBytes();
}

/** `[ids.length][DIMENSION]`: what the graph gives for one text. */
export function tinyStates({ embedding, types }: TinyEmbedder, ids: readonly number[]): number[][] {
  const inputs = ids.map((id) =>
    Array.from({ length: DIMENSION }, (_, i) => embedding[id * DIMENSION + i]! + (types?.[i] ?? 0)),
  );
  const mean = Array.from(
    { length: DIMENSION },
    (_, i) => inputs.reduce((sum, x) => sum + x[i]!, 0) / ids.length,
  );
  return inputs.map((x) => x.map((value, i) => Math.tanh(value + mean[i]!)));
}

/** Words between spaces, lower case, `[CLS]` in front and `[SEP]` behind. */
export const TOKENIZER = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [PAD, UNKNOWN, CLS, SEP].map((id) => ({
    id,
    content: VOCABULARY[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: {
    type: "TemplateProcessing",
    single: [
      { SpecialToken: { id: "[CLS]", type_id: 0 } },
      { Sequence: { id: "A", type_id: 0 } },
      { SpecialToken: { id: "[SEP]", type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [CLS], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [SEP], tokens: ["[SEP]"] },
    },
  },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    unk_token: "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
  },
};

const moduleOf = (kind: string, idx: number) => ({
  idx,
  name: String(idx),
  path: idx === 0 ? "" : `${idx}_${kind}`,
  type: `sentence_transformers.models.${kind}`,
});

export const modulesJson = (...kinds: string[]) => JSON.stringify(kinds.map(moduleOf));

/** `1_Pooling/config.json`. */
export const poolingJson = (mode: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    word_embedding_dimension: DIMENSION,
    pooling_mode_cls_token: false,
    pooling_mode_mean_tokens: false,
    pooling_mode_max_tokens: false,
    ...{ [`pooling_mode_${mode}`]: true },
    ...more,
  });

export type Files = Readonly<Record<string, string | Uint8Array<ArrayBuffer> | undefined>>;

/** A folder that pools by mean and gives vectors of length one. */
export function embedderFiles(embedder: TinyEmbedder): Files {
  return {
    "config.json": JSON.stringify({ model_type: "bert", pad_token_id: PAD, max_position_embeddings: 512 }),
    "tokenizer.json": JSON.stringify(TOKENIZER),
    "tokenizer_config.json": "{}",
    "modules.json": modulesJson("Transformer", "Pooling", "Normalize"),
    "sentence_bert_config.json": JSON.stringify({ max_seq_length: 8, do_lower_case: false }),
    "1_Pooling/config.json": poolingJson("mean_tokens"),
    "onnx/model.onnx": buildEmbedder(embedder),
  };
}

/** Where `serve` answers. */
export const FOLDER = "http://page.test/models/tiny-embedder/";

/** Answers for a folder at FOLDER as a web server would. What is `undefined` is not there. */
export function serve(files: Files): (url: string) => Promise<Response> {
  return async (url) => {
    const file = files[url.slice(FOLDER.length)];
    return file === undefined ? new Response(null, { status: 404 }) : new Response(file);
  };
}
