/** A sentence embedder's folder on wasm: vectors against plain code, and every file that can be wrong, named. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadEmbedder } from "../../src/embed/load-embedder.ts";
import { OnnxEmbedder } from "../../src/embed/onnx-embedder.ts";
import { GraphWriter } from "../../src/engine/onnx/graph-writer.ts";
import { cpuTensor, type Feeds } from "../../src/engine/onnx/session.ts";
import { ensureModel } from "../../src/hub/ensure-model.ts";
import { storedFetch, storedUrl } from "../../src/hub/stored-models.ts";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import { largestDifference } from "../support/compare.ts";
import { startHub } from "../support/hub-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import {
  buildEmbedder,
  CLS,
  DIMENSION,
  embedderFiles,
  type Files,
  FOLDER,
  modulesJson,
  poolingJson,
  SEP,
  serve,
  tinyEmbedder,
  tinyStates,
  UNKNOWN,
} from "../support/tiny-embedder.ts";
import { sourceOf } from "../support/tiny-hub.ts";

const TINY = tinyEmbedder(false);
/** Of 1, 3 and 2 words; Velin is the third one of the vocabulary. */
const TEXTS = ["Velin", "born in Velin", "stranger born"];
const IDS = [
  [CLS, 2, SEP],
  [CLS, 0, 1, 2, SEP],
  [CLS, UNKNOWN, 0, SEP],
];

const CONFIG = {
  dimension: DIMENSION,
  pooling: "mean",
  normalise: true,
  maxTokens: 8192,
  lowerCase: false,
  padId: 0,
  prompts: { query: "", document: "" },
} as const;
const MEAN_ALONE = { "modules.json": modulesJson("Transformer", "Pooling") };

const opened: OnnxEmbedder[] = [];
async function load(change: Files = {}, embedder = TINY): Promise<OnnxEmbedder> {
  const files = { ...embedderFiles(embedder), ...change };
  opened.push(await loadEmbedder({ modelUrl: FOLDER, fetch: serve(files) }));
  return opened.at(-1)!;
}

/** In plain code. */
function expected(
  rows: readonly (readonly number[])[],
  how = { cls: false, length1: true },
  embedder = TINY,
) {
  return rows.flatMap((ids) => {
    const states = tinyStates(embedder, ids);
    const mean = states[0]!.map((_, i) => states.reduce((sum, state) => sum + state[i]!, 0) / states.length);
    const vector = how.cls ? states[0]! : mean;
    return how.length1 ? vector.map((x) => x / Math.hypot(...vector)) : vector;
  });
}

const norm = (vector: Float32Array) => Math.hypot(...vector);

/** Every text has 4,000 tokens, so that each is a batch of its own. */
function scripted(onRun: () => Promise<void>): OnnxEmbedder {
  const session = {
    inputs: [{ name: "input_ids", type: "int64", dims: ["batch", "sequence"] }],
    outputs: [{ name: "last_hidden_state", type: "float32", dims: ["batch", "sequence", 2] }],
    async run({ input_ids }: Feeds) {
      await onRun();
      const dims = [...input_ids!.dims, 2];
      const states = new Float32Array(dims[0]! * dims[1]! * 2).fill(1);
      return { last_hidden_state: cpuTensor("float32", states, dims) };
    },
    dispose: async () => {},
  };
  const tokenizer = () => new Array(4000).fill(7);
  return new OnnxEmbedder({ session, tokenizer, config: { ...CONFIG, dimension: 2 }, fingerprint: "" });
}

describe("an embedder of a hub", () => {
  it("that is kept gives the vectors of its folder, under the same fingerprint, with the hub gone", async () => {
    const files = embedderFiles(TINY) as Record<string, string>;
    const hub = await startHub({ files, id: "owner/embedder" });
    const store = new MemoryStore();
    const { source } = sourceOf(hub);
    const stored = await ensureModel(source, store, { device: "wasm", role: "embedder" });
    await hub.close();
    opened.push(
      await loadEmbedder({
        modelUrl: storedUrl(stored),
        fetch: storedFetch(store, stored),
        weights: stored.graph,
      }),
    );
    const [kept, own] = [opened.at(-1)!, await load()];
    expect(kept.fingerprint).toBe(own.fingerprint);
    expect(await kept.embed(TEXTS, "query")).toEqual(await own.embed(TEXTS, "query"));
  });
});

describe("embedder", () => {
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const embedder of opened.splice(0)) await embedder.dispose();
  });

  it("texts of several lengths in one batch and one by one: mean of their own tokens, length one", async () => {
    const embedder = await load();
    expect(embedder.dimension).toBe(DIMENSION);
    const together = await embedder.embed(TEXTS, "document");
    expect(largestDifference(together, expected(IDS))).toBeLessThan(1e-6);
    for (const [row, text] of TEXTS.entries()) {
      const alone = await embedder.embed([text], "query");
      expect(largestDifference(alone, expected([IDS[row]!]))).toBeLessThan(1e-6);
    }
  });

  it("first token and no step to length one, when the folder says so", async () => {
    const mean = await (await load(MEAN_ALONE)).embed(TEXTS, "document");
    expect(largestDifference(mean, expected(IDS, { cls: false, length1: false }))).toBeLessThan(1e-6);
    const cls = await load({ ...MEAN_ALONE, "1_Pooling/config.json": poolingJson("cls_token") });
    const first = await cls.embed(TEXTS, "document");
    expect(largestDifference(first, expected(IDS, { cls: true, length1: false }))).toBeLessThan(1e-6);
    expect(norm(first.subarray(0, DIMENSION))).not.toBeCloseTo(1, 2);
  });

  it("a graph that asks for token types is given those of the first text", async () => {
    const typed = tinyEmbedder(true);
    const embedder = await load({}, typed);
    const vectors = await embedder.embed(TEXTS, "document");
    expect(largestDifference(vectors, expected(IDS, undefined, typed))).toBeLessThan(1e-6);
    expect(largestDifference(vectors, expected(IDS))).toBeGreaterThan(0.01);
  });

  it("a longer text loses its end, the frame stays", async () => {
    const embedder = await load({ "sentence_bert_config.json": '{"max_seq_length": 4}' });
    const vectors = await embedder.embed(["born in velin velin was born"], "document");
    expect(largestDifference(vectors, expected([[CLS, 0, 1, SEP]]))).toBeLessThan(1e-6);
  });

  it("a prompt stands in front of a query, not of a document", async () => {
    const config = JSON.stringify({ prompts: { query: "query " }, default_prompt_name: null });
    const embedder = await load({ "config_sentence_transformers.json": config });
    const query = await embedder.embed(["Velin"], "query");
    expect(largestDifference(query, expected([[CLS, 7, 2, SEP]]))).toBeLessThan(1e-6);
    const document = await embedder.embed(["Velin"], "document");
    expect(largestDifference(document, expected([[CLS, 2, SEP]]))).toBeLessThan(1e-6);
  });

  it("a blank text gets zeros, also between others, and no text nothing", async () => {
    const embedder = await load();
    const vectors = await embedder.embed([" \n", TEXTS[1]!, ""], "document");
    const zeros = new Array(DIMENSION).fill(0);
    expect(largestDifference(vectors, [...zeros, ...expected([IDS[1]!]), ...zeros])).toBeLessThan(1e-6);
    expect(await embedder.embed([], "document")).toEqual(new Float32Array());
  });

  it("more tokens than fit into a batch come back in the order of the texts", async () => {
    const embedder = await load();
    const texts = Array.from({ length: 2000 }, (_, i) => TEXTS[(i * 7) % 3]!);
    const rows = texts.map((text) => IDS[TEXTS.indexOf(text)]!);
    const vectors = await embedder.embed(texts, "document");
    expect(largestDifference(vectors, expected(rows))).toBeLessThan(1e-6);
  });

  it("hears while it works that it is to stop, and goes on with the next texts", async () => {
    const embedder = await load();
    const control = new AbortController();
    setTimeout(() => control.abort(), 0);
    const texts = Array.from({ length: 5000 }, () => "born in velin");
    await expect(embedder.embed(texts, "document", control.signal)).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    expect(norm(await embedder.embed(["born"], "query"))).toBeCloseTo(1, 5);
  });

  it("lets messages in between many short calls", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => ++clock);
    const embedder = scripted(async () => {});
    let heard = false;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      heard = true;
      port1.close();
    };
    port2.postMessage("stop");
    for (let i = 0; i < 100; i++) await embedder.embed(["a"], "document");
    expect(heard).toBe(true);
  });

  it("runs no further batch once it was stopped", async () => {
    const control = new AbortController();
    let runs = 0;
    const embedder = scripted(async () => {
      if (++runs === 2) control.abort();
    });
    await expect(embedder.embed([..."abcd"], "document", control.signal)).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    expect(runs).toBe(2);
  });

  it("has a fingerprint of its own files and of how they are used", async () => {
    const { fingerprint } = await load();
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect((await load()).fingerprint).toBe(fingerprint);
    const embedding = TINY.embedding.slice();
    embedding[0]! += 0.5;
    const others = [
      await load({}, { embedding }),
      await load(MEAN_ALONE),
      await load({ "sentence_bert_config.json": '{"max_seq_length": 4}' }),
      await load({ "config_sentence_transformers.json": '{"prompts": {"query": "query "}}' }),
    ];
    expect(new Set([fingerprint, ...others.map((other) => other.fingerprint)]).size).toBe(5);
  });

  it("a dense index over it finds a text by its own words first", async () => {
    const index = new DenseIndex(await load());
    for (const [i, text] of TEXTS.entries()) index.add(String(i), { text });
    for (const [i, text] of TEXTS.entries()) {
      const [best, next] = await index.search(text, { k: 2 });
      expect(best).toEqual({ id: String(i), similarity: expect.closeTo(1, 5) });
      expect(next!.similarity).toBeLessThan(0.999);
    }
  });

  it("can be aborted while it loads", async () => {
    const control = new AbortController();
    const served = serve(embedderFiles(TINY));
    const fetch = async (url: string) => {
      if (url.endsWith(".onnx")) control.abort();
      return served(url);
    };
    await expect(loadEmbedder({ modelUrl: FOLDER, fetch, signal: control.signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
  });
});

describe("embedder: folders that cannot be used", () => {
  const graph = (input: string, output: string, dimension: number) => {
    const graph = new GraphWriter();
    graph.input(input, "int64", ["batch", "sequence"]);
    graph.output(output, "float32", ["batch", "sequence", dimension]);
    graph.constant("words", "float32", [10, dimension], new Float32Array(10 * dimension));
    graph.node("Gather", ["words", input], [output]);
    return graph.toBytes();
  };

  it.each<[string, Files, string, RegExp]>([
    ["no weights", { "onnx/model.onnx": undefined }, "ModelFileError", /onnx\/model\.onnx is not there/],
    [
      "weights cut off",
      { "onnx/model.onnx": buildEmbedder(TINY).slice(0, 300) },
      "ModelFileError",
      /onnx\/model\.onnx.*Download/,
    ],
    [
      "weights without a graph",
      { "onnx/model.onnx": new GraphWriter().toBytes() },
      "ModelFileError",
      /onnx\/model\.onnx cannot be opened: .*Download/s,
    ],
    [
      "a tokenizer that is none",
      { "tokenizer.json": "{}" },
      "ModelFileError",
      /tokenizer\.json or tokenizer_config\.json cannot be used/,
    ],
    [
      "a graph with another input",
      { "onnx/model.onnx": graph("pixels", "last_hidden_state", DIMENSION) },
      "ModelUnsupportedError",
      /asks for pixels \(int64\), expected input_ids/,
    ],
    [
      "a graph with another output",
      { "onnx/model.onnx": graph("input_ids", "logits", DIMENSION) },
      "ModelUnsupportedError",
      /gives logits \(float32 \[batch, sequence, 6\]\), expected last_hidden_state or token_embeddings/,
    ],
    [
      "a graph of another size",
      { "onnx/model.onnx": graph("input_ids", "token_embeddings", 5) },
      "ModelUnsupportedError",
      /states of 5 numbers, its pooling configuration expects 6/,
    ],
  ])("%s: a clear error", async (_, change, name, message) => {
    const error: Error = await load(change).then(
      () => expect.fail("was loaded"),
      (reason) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.name).toBe(name);
  });

  it("numbers that are not finite are no vectors", async () => {
    const embedding = TINY.embedding.slice();
    embedding[0] = Number.NaN;
    const embedder = await load({}, { embedding });
    await expect(embedder.embed(["velin", "born"], "document")).rejects.toThrow(/not finite/);
    expect(norm(await embedder.embed(["velin"], "document"))).toBeCloseTo(1, 5);
  });
});
