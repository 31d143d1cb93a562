/** Vectors by id, all in one array, each of length one: the dot product of two is their cosine. */
import type { Vectors } from "../terms/retrieval.ts";

export interface Near {
  readonly id: string;
  /** In [-1, 1], up to rounding. */
  readonly cosine: number;
}

type Numbers = Float32Array | Int8Array;

/** Rows that a table begins with. */
const FEWEST = 16;

/** The largest number of a vector in 8 bits. */
const LARGEST = 127;

export class VectorTable {
  readonly #dimension: number;
  readonly #numbers: Vectors;
  /** `[rows][dimension]`, and room for more rows behind. */
  #data: Numbers;
  /** What the numbers of a row are to be multiplied by, so that its length is one. */
  #scales: Float32Array;
  /** Ids by row, and rows by id. */
  readonly #ids: string[] = [];
  readonly #rows = new Map<string, number>();

  /** int8: each vector is rounded to 8 bits by its own largest number; queries stay whole. */
  constructor(dimension: number, numbers: Vectors = "float32") {
    this.#dimension = dimension;
    this.#numbers = numbers;
    this.#data = this.#room(FEWEST);
    this.#scales = new Float32Array(FEWEST);
  }

  /** Bytes of the vectors, those with room for more rows. */
  get bytes(): number {
    return this.#data.byteLength + this.#scales.byteLength;
  }

  /** Adds or replaces. Zeros have no direction: under that id nothing is found. */
  put(id: string, vector: Float32Array): void {
    if (lengthOf(vector, 0, vector.length) === 0) {
      this.remove(id);
      return;
    }
    const row = this.#rows.get(id) ?? this.#append(id);
    const from = row * this.#dimension;
    const factor = this.#numbers === "int8" ? LARGEST / largest(vector) : 1;
    for (let i = 0; i < this.#dimension; i++) {
      this.#data[from + i] = factor === 1 ? vector[i]! : Math.round(vector[i]! * factor);
    }
    this.#scales[row] = 1 / lengthOf(this.#data, from, this.#dimension);
  }

  /** The last row moves into the gap: rows stand in no order. */
  remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const lastId = this.#ids.pop()!;
    this.#rows.delete(id);
    if (lastId === id) return;
    const last = this.#ids.length;
    this.#data.copyWithin(row * this.#dimension, last * this.#dimension, (last + 1) * this.#dimension);
    this.#scales[row] = this.#scales[last]!;
    this.#ids[row] = lastId;
    this.#rows.set(lastId, row);
  }

  clear(): void {
    this.#data = this.#room(FEWEST);
    this.#scales = new Float32Array(FEWEST);
    this.#ids.length = 0;
    this.#rows.clear();
  }

  /** Of every vector, in no order. Zeros are near to nothing. */
  cosines(query: Float32Array): Near[] {
    const length = lengthOf(query, 0, query.length);
    if (length === 0) return [];
    return this.#ids.map((id, row) => ({
      id,
      cosine: (dot(query, this.#data, row * this.#dimension) * this.#scales[row]!) / length,
    }));
  }

  #append(id: string): number {
    const row = this.#ids.length;
    if (row === this.#scales.length) {
      const [data, scales] = [this.#room(2 * row), new Float32Array(2 * row)];
      data.set(this.#data);
      scales.set(this.#scales);
      this.#data = data;
      this.#scales = scales;
    }
    this.#ids.push(id);
    this.#rows.set(id, row);
    return row;
  }

  #room(rows: number): Numbers {
    const count = rows * this.#dimension;
    return this.#numbers === "int8" ? new Int8Array(count) : new Float32Array(count);
  }
}

/** Of all of `a` with as many numbers of `b` from `offset`. */
function dot(a: Float32Array, b: Numbers, offset: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[offset + i]!;
  return sum;
}

function lengthOf(numbers: Numbers, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += numbers[i]! ** 2;
  return Math.sqrt(sum);
}

/** The largest absolute number: more than 0. */
function largest(vector: Float32Array): number {
  return vector.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
}
