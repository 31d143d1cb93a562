/** Runs an encoder's graph over batches of texts, and pools what comes out. */
import { cpuData, cpuTensor, type Feeds, type OnnxSession } from "../engine/onnx/session.ts";
import { createPause } from "../engine/pause.ts";
import type { FramedTokenizer } from "../engine/tokenizer.ts";
import type { TextEmbedder, TextRole } from "../retrieve/text-embedder.ts";
import { LagError, ModelUnsupportedError, throwIfAborted } from "../terms/errors.ts";
import { batchesOf } from "./batches.ts";
import type { EmbedderConfig } from "./embedder-config.ts";
import { pool } from "./pool.ts";

export interface OnnxEmbedderParts {
  /** The embedder's own from now on. */
  readonly session: OnnxSession;
  readonly tokenizer: FramedTokenizer;
  readonly config: EmbedderConfig;
  readonly fingerprint: string;
}

/** Inputs `[batch][sequence]`. The last one, of models that read pairs of texts, is all zeros for one text. */
const INPUTS = ["input_ids", "attention_mask", "token_type_ids"] as const;
/** States `[batch][sequence][dimension]`, as exports name them. */
const OUTPUTS = ["last_hidden_state", "token_embeddings"];

export class OnnxEmbedder implements TextEmbedder {
  readonly fingerprint: string;
  readonly #session: OnnxSession;
  readonly #tokenizer: FramedTokenizer;
  readonly #config: EmbedderConfig;
  readonly #output: string;
  // Of all calls together: many short ones after each other must let messages in too.
  readonly #pause = createPause();

  /** Throws ModelUnsupportedError for a graph of another form. */
  constructor({ session, tokenizer, config, fingerprint }: OnnxEmbedderParts) {
    this.#output = checkGraph(session, config.dimension);
    this.fingerprint = fingerprint;
    this.#session = session;
    this.#tokenizer = tokenizer;
    this.#config = config;
  }

  get dimension(): number {
    return this.#config.dimension;
  }

  async embed(texts: readonly string[], role: TextRole, signal?: AbortSignal): Promise<Float32Array> {
    const breathe = async () => {
      await this.#pause(); // a message that says "stop" gets its turn
      throwIfAborted(signal);
    };
    const rows: (readonly number[])[] = [];
    for (const text of texts) {
      await breathe();
      rows.push(this.#idsOf(text, role));
    }
    const out = new Float32Array(texts.length * this.dimension);
    const spoken = rows.flatMap((row, index) => (row.length > 0 ? [index] : []));
    for (const batch of batchesOf(spoken.map((index) => rows[index]!))) {
      await breathe();
      const indexes = batch.map((place) => spoken[place]!);
      const vectors = await this.#run(indexes.map((index) => rows[index]!));
      indexes.forEach((index, row) => {
        out.set(vectors.subarray(row * this.dimension, (row + 1) * this.dimension), index * this.dimension);
      });
    }
    return out;
  }

  dispose(): Promise<void> {
    return this.#session.dispose();
  }

  #idsOf(text: string, role: TextRole): number[] {
    // Its prompt and its frame alone would be near to something.
    if (text.trim() === "") return [];
    const { prompts, lowerCase, maxTokens } = this.#config;
    const whole = prompts[role] + text;
    return this.#tokenizer(lowerCase ? whole.toLowerCase() : whole, maxTokens);
  }

  /** Rows of ids, none empty → `[rows][dimension]`. */
  async #run(rows: readonly (readonly number[])[]): Promise<Float32Array> {
    const outputs = await this.#session.run(this.#feed(rows), { [this.#output]: null });
    const tensor = outputs[this.#output]!;
    const lengths = rows.map((row) => row.length);
    const vectors = pool(cpuData(tensor) as Float32Array, lengths, this.dimension, this.#config);
    tensor.dispose();
    if (vectors.every(Number.isFinite)) return vectors;
    throw new LagError(
      "The embedder gave numbers that are not finite, expected finite ones. Download its folder again.",
    );
  }

  /** Shorter rows are filled up behind their ends, where the mask is 0. */
  #feed(rows: readonly (readonly number[])[]): Feeds {
    const tokens = Math.max(...rows.map((row) => row.length));
    const dims = [rows.length, tokens];
    const whole = (fill: bigint) => new BigInt64Array(rows.length * tokens).fill(fill);
    const data = {
      input_ids: whole(BigInt(this.#config.padId)),
      attention_mask: whole(0n),
      token_type_ids: whole(0n),
    };
    for (const [row, ids] of rows.entries()) {
      data.input_ids.set(ids.map(BigInt), row * tokens);
      data.attention_mask.fill(1n, row * tokens, row * tokens + ids.length);
    }
    const asked = INPUTS.filter((name) => this.#session.inputs.some((input) => input.name === name));
    return Object.fromEntries(asked.map((name) => [name, cpuTensor("int64", data[name], dims)]));
  }
}

/** The name of the output that holds the states. */
function checkGraph({ inputs, outputs }: OnnxSession, dimension: number): string {
  const known: readonly string[] = INPUTS;
  const wrong = inputs.find(({ name, type }) => !known.includes(name) || type !== "int64");
  if (wrong || !inputs.some(({ name }) => name === "input_ids")) {
    const got = inputs.map(({ name, type }) => `${name} (${type})`).join(", ");
    throw new ModelUnsupportedError(
      `The embedder's graph asks for ${got || "nothing"}, expected input_ids and at most attention_mask and ` +
        "token_type_ids, all int64. Use an export for feature extraction.",
    );
  }
  const states = outputs.find(({ name }) => OUTPUTS.includes(name));
  if (states?.type !== "float32" || states.dims.length !== 3) {
    const got = outputs.map(({ name, type, dims }) => `${name} (${type} [${dims.join(", ")}])`).join(", ");
    throw new ModelUnsupportedError(
      `The embedder's graph gives ${got || "nothing"}, expected ${OUTPUTS.join(" or ")} (float32 [batch, sequence, ` +
        "dimension]). Use an export for feature extraction whose outputs are 32-bit.",
    );
  }
  const size = states.dims[2];
  if (typeof size === "number" && size !== dimension) {
    throw new ModelUnsupportedError(
      `The embedder's graph gives states of ${size} numbers, its pooling configuration expects ${dimension}. ` +
        "Use weights and configuration of one model.",
    );
  }
  return states.name;
}
