/**
 * Seeded random weights for a compiled WebLLM library, in the form in which WebLLM fetches them: shards, and a list of what
 * is in them. Scaled so that activations stay near 1: attention then matters to the logits, if less than in a trained model.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/terms/errors.ts";
import type { LibraryMetadata, LibraryParameter } from "./library-metadata.ts";

const SHARD_BYTES = 48 * 2 ** 20;
/** Names of the list: that of current versions, and the one before. */
const LISTS = ["tensor-cache.json", "ndarray-cache.json"];

/** Writes shards and lists into `folder`. Throws InputError for a parameter of a kind that is not known. */
export function writeRandomWeights({ params }: LibraryMetadata, folder: string, seed = 1): void {
  const random = createRandom(seed);
  const records: object[] = [];
  let shard: { readonly entries: object[]; readonly parts: Buffer[]; bytes: number } = empty();
  const close = () => {
    if (shard.bytes === 0) return;
    const dataPath = `params_shard_${records.length}.bin`;
    const data = Buffer.concat(shard.parts);
    writeFileSync(join(folder, dataPath), data);
    const md5sum = createHash("md5").update(data).digest("hex");
    records.push({ dataPath, format: "raw-shard", nbytes: data.length, records: shard.entries, md5sum });
    shard = empty();
  };
  for (const { name, shape, dtype, ...rest } of params) {
    const data = valuesOf({ name, shape, dtype, ...rest }, random);
    if (shard.bytes + data.length > SHARD_BYTES) close();
    shard.entries.push({ name, shape, dtype, format: "raw", nbytes: data.length, byteOffset: shard.bytes });
    shard.parts.push(data);
    shard.bytes += data.length;
  }
  close();
  const list = JSON.stringify({ metadata: { ParamSize: params.length }, records });
  for (const name of LISTS) writeFileSync(join(folder, name), list);
}

function empty() {
  return { entries: [], parts: [], bytes: 0 };
}

interface Random {
  /** In [0, 1). */
  uniform(): number;
  normal(): number;
  words(count: number): Uint32Array;
}

function valuesOf({ name, shape, dtype }: LibraryParameter, random: Random): Buffer {
  const count = shape.reduce((product, size) => product * size, 1);
  if (dtype === "uint32") return bytes(random.words(count));
  if (dtype !== "float32") {
    throw new InputError(
      `The library's parameter ${name} is of ${dtype}, and random weights are made in 32 bits only. ` +
        "Give a library whose name has f32 in it, or real weights.",
    );
  }
  return bytes(Float32Array.from({ length: count }, () => numberOf(name, shape, random)));
}

function numberOf(name: string, shape: readonly number[], random: Random): number {
  // Four bits around 7: a weight is a scale times about 4.6 in the root of its mean square.
  if (name.endsWith("q_scale")) {
    const inputs = shape.at(-1)! * 32;
    const wanted = name.includes("embed") ? 1 : 1 / Math.sqrt(inputs);
    return (wanted / 4.6) * (0.75 + 0.5 * random.uniform());
  }
  if (name.includes("norm")) return 1 + 0.1 * random.normal();
  if (name.endsWith("bias")) return 0.3 * random.normal();
  return random.normal() / Math.sqrt(shape.at(-1)!);
}

function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const word = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
  const uniform = () => word() / 2 ** 32;
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(uniform() + 1e-12)) * Math.cos(2 * Math.PI * uniform()),
    words(count) {
      const words = new Uint32Array(count);
      for (let i = 0; i < count; i++) words[i] = word();
      return words;
    },
  };
}

function bytes(array: Uint32Array | Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
