/**
 * A WebLLM model as a Decoder. Tokens run through the library's public `forwardTokensAndSample`, and its logits are taken
 * where it offers them to a logit processor; the token that it samples is not used. Rows go through a `RowsMethod`, or,
 * where none works, not at all.
 */

import {
  ContextFullError,
  GpuLostError,
  isNamed,
  KvShapeError,
  ModelUnsupportedError,
  messageOf,
} from "../../terms/errors.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import { checkSlice, type KvDtype, type KvShape, NO_ROWS, rowsOf } from "../../terms/kv-shape.ts";
import type { Decoder, LogitsWanted } from "../decoder.ts";
import type { Bridge } from "./bridge.ts";
import type { RowGeometry } from "./geometry.ts";
import type { MlcEngine } from "./library.ts";
import type { LogitsTap } from "./logits-tap.ts";
import type { RowsMethod } from "./rows-method.ts";

/**
 * What a pass ends with when the device is lost: buffers that were to be read are given up, and the library unloads the
 * model. Nothing here stops a pass in its middle, so that AbortError is no stop.
 */
const LOST = ["AbortError", "OperationError", "DeviceLostError", "ModelNotLoadedError"];

export interface WebLlmDecoderOptions {
  readonly engine: MlcEngine;
  readonly tap: LogitsTap;
  readonly vocabSize: number;
  /** Tokens that fit. */
  readonly capacity: number;
  readonly rows: DecoderRows | { readonly refused: string };
}

export interface DecoderRows {
  readonly bridge: Bridge;
  readonly geometry: RowGeometry;
  readonly method: RowsMethod;
}

export class WebLlmDecoder implements Decoder {
  readonly backend = "webgpu";
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly vocabSize: number;
  readonly capacity: number;
  readonly startsAnywhere = false;
  readonly lastLogitsOnly = true;
  readonly noRows: string | undefined;
  readonly #options: WebLlmDecoderOptions;
  #length = 0;
  /** The library's cache is emptied before the next use of it: `clear` itself does not wait. */
  #stale = true;

  constructor(options: WebLlmDecoderOptions) {
    this.#options = options;
    const { rows } = options;
    this.shape = "refused" in rows ? NO_ROWS : rows.geometry.shape;
    this.dtype = "refused" in rows ? "float32" : rows.geometry.dtype;
    this.noRows = "refused" in rows ? rows.refused : undefined;
    this.vocabSize = options.vocabSize;
    this.capacity = options.capacity;
  }

  get length(): number {
    return this.#length;
  }

  clear(firstPosition = 0): void {
    if (firstPosition !== 0) {
      throw new KvShapeError(
        `Got ${firstPosition} as first position; WebLLM's models begin at 0. Leave it out.`,
      );
    }
    this.#stale = true;
    this.#length = 0;
  }

  async place(slices: readonly KvSlice[]): Promise<void> {
    const rows = rowsOf(slices);
    if (rows === 0) return;
    const { method } = this.#rows();
    for (const slice of slices) checkSlice(slice, this.shape, this.dtype);
    this.#checkRoom(rows);
    await this.#freshen();
    await method.place(slices);
    this.#length += rows;
  }

  async run(ids: readonly number[], wanted: LogitsWanted = "last"): Promise<Float32Array> {
    const stranger = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < this.vocabSize));
    if (stranger !== undefined) {
      throw new KvShapeError(`Got the token id ${stranger}, expected one of the model's ${this.vocabSize}.`);
    }
    this.#checkRoom(ids.length);
    await this.#freshen();
    if (wanted !== "all") {
      // The library samples from the last token's logits in any case; of its prompt it computes no others.
      const last = await this.#forward(ids);
      return wanted === "last" ? last : new Float32Array(0);
    }
    const all = new Float32Array(ids.length * this.vocabSize);
    for (const [at, id] of ids.entries()) all.set(await this.#forward([id]), at * this.vocabSize);
    return all;
  }

  async truncate(rows: number): Promise<void> {
    if (rows > this.#length) {
      throw new KvShapeError(`Got ${rows} rows to keep of ${this.#length}. Keep fewer.`);
    }
    if (rows === this.#length) return;
    const { bridge } = this.#rows();
    bridge.drop(this.#length - rows);
    this.#length = rows;
  }

  async take(from: number, to: number): Promise<KvSlice> {
    const { method } = this.#rows();
    if (from < 0 || from > to || to > this.#length) {
      throw new KvShapeError(`Got rows ${from} to ${to} of ${this.#length}. Take rows that are there.`);
    }
    return method.take(from, to);
  }

  async dispose(): Promise<void> {
    await this.#options.engine.unload();
  }

  async #forward(ids: readonly number[]): Promise<Float32Array> {
    const { engine, tap } = this.#options;
    if (ids.length === 0) return new Float32Array(0);
    await engine.forwardTokensAndSample([...ids], ids.length > 1).catch((error: unknown) => {
      if (!LOST.some((name) => isNamed(error, name))) throw error;
      throw new GpuLostError(`The GPU was lost under WebLLM: ${messageOf(error)} Load the model again.`);
    });
    this.#length += ids.length;
    return tap.take();
  }

  async #freshen(): Promise<void> {
    if (!this.#stale) return;
    await this.#options.engine.resetChat();
    this.#stale = false;
  }

  #rows(): DecoderRows {
    const { rows } = this.#options;
    if ("refused" in rows) {
      throw new ModelUnsupportedError(
        `The rows of this model cannot be taken out or put in: it has ${rows.refused}. Use a mode that reads text.`,
      );
    }
    return rows;
  }

  #checkRoom(rows: number): void {
    if (this.#length + rows > this.capacity) {
      throw new ContextFullError(
        `${this.#length} rows and ${rows} more do not fit into ${this.capacity} positions. Put fewer logs or documents in front.`,
      );
    }
  }
}
