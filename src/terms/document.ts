/** A document of a corpus. Title and text are shown to the model as they stand, on one line each. */
export interface Document {
  readonly title: string;
  readonly text: string;
}

/** Something found by retrieval. `similarity` is in [0, 1]; 1 = holds all of the query, or means the same. */
export interface Ranked {
  readonly id: string;
  readonly similarity: number;
}
