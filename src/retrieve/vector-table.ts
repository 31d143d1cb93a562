/** Vectors by id, all in one array of f32, each of length one: the dot product of two is their cosine. */

export interface Near {
  readonly id: string;
  /** In [-1, 1], up to rounding. */
  readonly cosine: number;
}

/** Rows that a table begins with. */
const FEWEST = 16;

export class VectorTable {
  readonly #dimension: number;
  /** `[rows][dimension]`, and room for more rows behind. */
  #data: Float32Array;
  /** Ids by row, and rows by id. */
  readonly #ids: string[] = [];
  readonly #rows = new Map<string, number>();

  constructor(dimension: number) {
    this.#dimension = dimension;
    this.#data = new Float32Array(FEWEST * dimension);
  }

  /** Adds or replaces. Zeros have no direction: under that id nothing is found. */
  put(id: string, vector: Float32Array): void {
    const length = Math.sqrt(dot(vector, vector, 0));
    if (length === 0) {
      this.remove(id);
      return;
    }
    const row = this.#rows.get(id) ?? this.#append(id);
    for (let i = 0; i < this.#dimension; i++) this.#data[row * this.#dimension + i] = vector[i]! / length;
  }

  /** The last row moves into the gap: rows stand in no order. */
  remove(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    const lastId = this.#ids.pop()!;
    this.#rows.delete(id);
    if (lastId === id) return;
    const last = this.#ids.length * this.#dimension;
    this.#data.copyWithin(row * this.#dimension, last, last + this.#dimension);
    this.#ids[row] = lastId;
    this.#rows.set(lastId, row);
  }

  clear(): void {
    this.#data = new Float32Array(FEWEST * this.#dimension);
    this.#ids.length = 0;
    this.#rows.clear();
  }

  /** Of every vector, in no order. Zeros are near to nothing. */
  cosines(query: Float32Array): Near[] {
    const length = Math.sqrt(dot(query, query, 0));
    if (length === 0) return [];
    return this.#ids.map((id, row) => ({
      id,
      cosine: dot(query, this.#data, row * this.#dimension) / length,
    }));
  }

  #append(id: string): number {
    const row = this.#ids.length;
    if ((row + 1) * this.#dimension > this.#data.length) {
      const larger = new Float32Array(this.#data.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#ids.push(id);
    this.#rows.set(id, row);
    return row;
  }
}

/** Of all of `a` with as many numbers of `b` from `offset`. */
function dot(a: Float32Array, b: Float32Array, offset: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[offset + i]!;
  return sum;
}
