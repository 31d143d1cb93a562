/**
 * One transformer decoder with its key/value rows: the lowest level at which logs meet a model.
 * Rows stand in order; a decoder holds one sequence at a time. `place` puts stored slices behind the rows
 * that are there, `run` appends tokens, `truncate` takes the last ones away again, `take` reads rows back without their
 * rotary position.
 */
import type { KvDtype, KvShape, KvSlice } from "../terms/kv-shape.ts";
import type { Backend } from "./engine.ts";

export type LogitsWanted = "none" | "last" | "all";

export interface Decoder {
  readonly backend: Backend;
  /** Of rows that can be carried; NO_ROWS where none can. */
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  /** Why rows of this model cannot be placed, taken or forgotten one by one. Absent: they can. */
  readonly noRows?: string | undefined;
  readonly vocabSize: number;
  /** Whether `run` computes logits of the last token alone, unless all are asked for: however long, they stay small. */
  readonly lastLogitsOnly: boolean;
  /** Rows that fit. */
  readonly capacity: number;
  /** Rows that are there. */
  readonly length: number;
  /** Whether positions are an input of the graph, and rotation its own: only then may the first row stand at another position than 0. */
  readonly startsAnywhere: boolean;
  /**
   * Forgets all rows. The next row stands at `firstPosition` (default 0; needs `startsAnywhere` otherwise, or
   * throws KvShapeError).
   */
  clear(firstPosition?: number): void;
  /**
   * Lays slices end to end behind the rows that are there, keys rotated to their positions. Throws KvShapeError
   * for slices of another shape or dtype, ContextFullError when they do not fit, ModelUnsupportedError where rows cannot
   * be carried, GpuLostError.
   */
  place(slices: readonly KvSlice[]): Promise<void>;
  /**
   * Runs tokens behind the rows that are there and appends their rows.
   * Returns f32 logits: `[vocab]` of the last token, `[token][vocab]` of all, or no numbers: none are read back.
   * Throws KvShapeError for ids that are none of this model's, ContextFullError when their rows do not fit,
   * GpuLostError.
   */
  run(ids: readonly number[], wanted?: LogitsWanted): Promise<Float32Array>;
  /** Forgets all rows behind the first `rows`. Throws KvShapeError when there are fewer, ModelUnsupportedError as `place`. */
  truncate(rows: number): Promise<void>;
  /** Rows [from, to) with keys un-rotated from their positions. Throws KvShapeError, GpuLostError, ModelUnsupportedError. */
  take(from: number, to: number): Promise<KvSlice>;
  dispose(): Promise<void>;
}
