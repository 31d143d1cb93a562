/** A Decoder over an ONNX graph: feeds tokens and rows, keeps the rows, hands back the logits wanted. */
import { createRotaryTable, type RotaryTable } from "../../kernels/rotary-table.ts";
import { ContextFullError, KvShapeError, ModelUnsupportedError } from "../../terms/errors.ts";
import {
  checkSlice,
  type KvDtype,
  type KvShape,
  type KvSlice,
  NO_ROWS,
  rowsOf,
} from "../../terms/kv-shape.ts";
import type { Decoder, LogitsWanted } from "../decoder.ts";
import type { Backend } from "../engine.ts";
import type { RotaryConfig } from "../model-config.ts";
import type { GraphForm, RowsForm } from "./graph.ts";
import type { KvStore, StateStore } from "./kv-store.ts";
import type { LogitsReader } from "./logits.ts";
import { cpuTensor, type OnnxSession, type OnnxTensor } from "./session.ts";

export interface OnnxDecoderOptions {
  readonly session: OnnxSession;
  readonly form: GraphForm;
  readonly memory: RowsMemory | StateMemory;
  readonly logits: LogitsReader;
  readonly backend: Backend;
  readonly capacity: number;
  /** Rejects when the device is lost; running work ends with it. */
  readonly lost?: Promise<never>;
  /** Called when everything else is gone. */
  readonly onDispose?: () => void;
}

/** Rows that logs can keep. */
export interface RowsMemory {
  readonly form: RowsForm;
  readonly rotary: RotaryConfig;
  readonly store: KvStore;
}

export interface StateMemory {
  readonly store: StateStore;
  /** Why there are no such rows. */
  readonly why: string;
}

export class OnnxDecoder implements Decoder {
  readonly backend: Backend;
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly noRows: string | undefined;
  readonly vocabSize: number;
  readonly lastLogitsOnly: boolean;
  readonly capacity: number;
  readonly startsAnywhere: boolean;
  private readonly options: OnnxDecoderOptions;
  /** Undefined: rows cannot be carried. */
  private readonly rows: RowsMemory | undefined;
  private firstPosition = 0;
  private table: RotaryTable | undefined;

  constructor(options: OnnxDecoderOptions) {
    const { form, memory } = options;
    this.options = options;
    this.backend = options.backend;
    this.rows = "why" in memory ? undefined : memory;
    this.noRows = "why" in memory ? memory.why : undefined;
    this.shape = this.rows?.form.shape ?? NO_ROWS;
    this.dtype = this.rows?.form.dtype ?? form.logitsDtype;
    this.vocabSize = form.vocabSize;
    this.lastLogitsOnly = form.logitsToKeep !== undefined;
    this.capacity = options.capacity;
    this.startsAnywhere = this.rows?.form.startsAnywhere ?? false;
    options.lost?.catch(() => undefined);
  }

  get length(): number {
    return this.options.memory.store.length;
  }

  clear(firstPosition = 0): void {
    if (firstPosition !== 0 && !this.startsAnywhere) {
      throw new KvShapeError(
        `The first row was asked to stand at position ${firstPosition}, but this graph takes no position_ids, or ` +
          "rotates by its own count: its rows start at 0. Use clear().",
      );
    }
    this.options.memory.store.clear();
    this.firstPosition = firstPosition;
  }

  async place(slices: readonly KvSlice[]): Promise<void> {
    if (slices.length === 0) return;
    const rows = this.needRows();
    for (const slice of slices) checkSlice(slice, this.shape, this.dtype);
    this.checkRoom(rowsOf(slices));
    await this.unlessLost(rows.store.place(slices, this.firstPosition, this.tableFor(rows)));
  }

  async run(ids: readonly number[], wanted: LogitsWanted = "last"): Promise<Float32Array> {
    if (ids.length === 0) throw new KvShapeError("No tokens were given to run. Give at least one.");
    this.checkIds(ids);
    this.checkRoom(ids.length);
    return this.unlessLost(this.runChecked(ids, wanted));
  }

  async truncate(rows: number): Promise<void> {
    const { store } = this.needRows();
    if (!(Number.isInteger(rows) && rows >= 0 && rows <= this.length)) {
      throw new KvShapeError(
        `The first ${rows} rows were to stay where ${this.length} are there. Keep as many as there are, or fewer.`,
      );
    }
    if (rows < this.length) store.truncate(rows);
  }

  async take(from: number, to: number): Promise<KvSlice> {
    const rows = this.needRows();
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= this.length)) {
      throw new KvShapeError(
        `Rows [${from}, ${to}) were asked for where ${this.length} are there. Ask for rows that exist.`,
      );
    }
    return this.unlessLost(rows.store.take(from, to, this.firstPosition, this.tableFor(rows)));
  }

  async dispose(): Promise<void> {
    this.options.logits.dispose();
    // Tensors that a session made can be disposed of only while it is there.
    this.options.memory.store.dispose();
    await this.options.session.dispose();
    this.options.onDispose?.();
  }

  private async runChecked(ids: readonly number[], wanted: LogitsWanted): Promise<Float32Array> {
    const { session, form, logits } = this.options;
    const { store } = this.options.memory;
    const keep = wanted === "all" ? ids.length : 1;
    const feeds: Record<string, OnnxTensor> = {
      input_ids: int64(ids),
      ...store.feeds(),
    };
    if (form.hasAttentionMask) {
      // As long as the rows that will be there, whatever the capacity: the graph counts rows by it.
      feeds.attention_mask = int64(new Array<number>(this.length + ids.length).fill(1));
    }
    if (form.hasPositionIds) {
      feeds.position_ids = int64(ids.map((_, i) => this.firstPosition + this.length + i));
    }
    if (form.logitsToKeep) {
      feeds.num_logits_to_keep = cpuTensor("int64", BigInt64Array.of(BigInt(keep)), form.logitsToKeep);
    }
    const results = await session.run(feeds, { logits: null, ...store.fetches() });
    store.append(results, ids.length);
    if (wanted === "none") {
      await logits.discard(results.logits!);
      return new Float32Array(0);
    }
    const [, given] = results.logits!.dims;
    if (given! < keep) {
      results.logits!.dispose();
      throw new KvShapeError(
        `Logits of ${keep} tokens were asked for, but this graph computes those of the last ${given}. Ask for the last.`,
      );
    }
    return logits.read(results.logits!, keep);
  }

  private checkRoom(rows: number): void {
    if (this.length + rows > this.capacity) {
      throw new ContextFullError(
        `${rows} rows were to follow ${this.length}, but only ${this.capacity} fit. ` +
          "Put fewer logs or documents in front, or load the model with a larger capacity.",
      );
    }
  }

  private checkIds(ids: readonly number[]): void {
    const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= this.vocabSize);
    if (wrong !== undefined) {
      throw new KvShapeError(
        `Token id ${wrong} was given to a model of ${this.vocabSize} tokens. Tokenise the text with this model's tokenizer.`,
      );
    }
  }

  private needRows(): RowsMemory {
    if (this.rows) return this.rows;
    throw new ModelUnsupportedError(
      `The rows of this model cannot be taken out or put in: it has ${this.noRows}. Use a mode that reads text.`,
    );
  }

  private tableFor({ rotary }: RowsMemory): RotaryTable {
    const positions = this.firstPosition + this.capacity;
    if (this.table === undefined || this.table.positions < positions) {
      this.table = createRotaryTable({ headDim: this.shape.headDim, ...rotary, positions });
    }
    return this.table;
  }

  private unlessLost<T>(work: Promise<T>): Promise<T> {
    return this.options.lost ? Promise.race([work, this.options.lost]) : work;
  }
}

function int64(values: readonly number[]): OnnxTensor {
  return cpuTensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
}
