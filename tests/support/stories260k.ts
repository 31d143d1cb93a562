/**
 * stories260K, a real model trained by others, as an ONNX model of the form with `position_ids` (its head size
 * of 8 is too small for the fused form). Its rotary pairs are adjacent; ours are half-split, so rows of the
 * query and key matrices are permuted within each head.
 */
import { buildModel, configJson, type TinyConfig, type TinyWeights } from "./tiny-model.ts";

export const STORIES: TinyConfig = {
  layers: 5,
  hidden: 64,
  heads: 8,
  kvHeads: 4,
  headDim: 8,
  inner: 172,
  vocab: 512,
  maxPositions: 512,
  theta: 10000,
  rotation: "separate",
};
export const BOS = 1;

/** `bin` is `stories260K.bin`: 7 integers, then f32 matrices `[out][in]`. */
export function convertStories(bin: Uint8Array<ArrayBuffer>) {
  const { layers, hidden, heads, kvHeads, headDim, inner, vocab } = STORIES;
  const header = new Int32Array(bin.slice(0, 28).buffer);
  const expected = [hidden, inner, layers, heads, kvHeads, vocab, STORIES.maxPositions];
  if (header.join() !== expected.join()) {
    throw new Error(`stories260K.bin has the header ${header.join()}, expected ${expected.join()}.`);
  }
  const floats = new Float32Array(bin.slice(28, 28 + Math.floor((bin.length - 28) / 4) * 4).buffer);
  let offset = 0;
  const take = (count: number) => {
    offset += count;
    return floats.slice(offset - count, offset);
  };
  const takeLayers = (count: number) => Array.from({ length: layers }, () => take(count));

  const embedding = take(vocab * hidden);
  const attentionNorm = takeLayers(hidden);
  const query = takeLayers(hidden * heads * headDim);
  const key = takeLayers(hidden * kvHeads * headDim);
  const value = takeLayers(hidden * kvHeads * headDim);
  const output = takeLayers(heads * headDim * hidden);
  const innerNorm = takeLayers(hidden);
  const gate = takeLayers(hidden * inner);
  const down = takeLayers(inner * hidden);
  const up = takeLayers(hidden * inner);
  const finalNorm = take(hidden);

  const weights: TinyWeights = {
    embedding,
    finalNorm,
    head: transposed(embedding, vocab),
    layers: attentionNorm.map((norm, i) => ({
      attentionNorm: norm,
      query: transposed(halfSplit(query[i]!, headDim), heads * headDim),
      key: transposed(halfSplit(key[i]!, headDim), kvHeads * headDim),
      value: transposed(value[i]!, kvHeads * headDim),
      output: transposed(output[i]!, hidden),
      innerNorm: innerNorm[i]!,
      gate: transposed(gate[i]!, inner),
      up: transposed(up[i]!, inner),
      down: transposed(down[i]!, hidden),
    })),
  };
  return { config: configJson(STORIES), model: buildModel(STORIES, weights) };
}

/** `bin` is `tok512.bin`: the longest length, then a score, a length and bytes for each token. */
export function storiesDecoder(bin: Uint8Array<ArrayBuffer>): (ids: readonly number[]) => string {
  const view = new DataView(bin.buffer, bin.byteOffset, bin.byteLength);
  const pieces: string[] = [];
  for (let at = 4; pieces.length < STORIES.vocab; ) {
    const length = view.getInt32(at + 4, true);
    pieces.push(new TextDecoder().decode(bin.subarray(at + 8, at + 8 + length)));
    at += 8 + length;
  }
  return (ids) => {
    const texts = ids.map((id) => {
      const byte = /^<0x([0-9A-F]{2})>$/.exec(pieces[id]!);
      return byte ? String.fromCharCode(Number.parseInt(byte[1]!, 16)) : pieces[id]!;
    });
    return texts.join("").replace(/^ /, "");
  };
}

/** Rows (2i, 2i + 1) of each head become rows (i, i + headDim / 2). */
function halfSplit(matrix: Float32Array, headDim: number): Float32Array {
  const out = new Float32Array(matrix.length);
  const width = STORIES.hidden;
  for (let row = 0; row < matrix.length / width; row++) {
    const head = Math.floor(row / headDim) * headDim;
    const i = row % headDim;
    const source = i < headDim / 2 ? 2 * i : 2 * (i - headDim / 2) + 1;
    out.set(matrix.subarray((head + source) * width, (head + source + 1) * width), row * width);
  }
  return out;
}

/** `[rows][columns]` → `[columns][rows]`. */
function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}
