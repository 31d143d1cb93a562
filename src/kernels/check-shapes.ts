/** What placing and taking rows demand of their arguments, the same for the GPU and for plain code. */
import { KvShapeError } from "../terms/errors.ts";
import { checkSlice, describeShape, type KvSlice } from "../terms/kv-shape.ts";
import type { KvLayout } from "./kv-buffers.ts";
import type { RotaryTable } from "./rotary-table.ts";

export interface PlaceRequest<Target extends KvLayout> {
  /** Laid end to end, in this order. All of one dtype, which need not be the target's. May be empty. */
  readonly slices: readonly KvSlice[];
  readonly target: Target;
  /** Row of the target that gets the first token. */
  readonly firstRow: number;
  /** Position to which the first token's keys are rotated; each next token stands one further. */
  readonly firstPosition: number;
  readonly table: RotaryTable;
}

export interface TakeRequest<Source extends KvLayout> {
  readonly source: Source;
  /** Rows [from, to). */
  readonly from: number;
  readonly to: number;
  /** Position at which the keys of row `from` stand; each next row stands one further. */
  readonly firstPosition: number;
  readonly table: RotaryTable;
}

/** Returns the number of rows to be written, or throws KvShapeError. */
export function checkPlace({
  slices,
  target,
  firstRow,
  firstPosition,
  table,
}: PlaceRequest<KvLayout>): number {
  const dtype = slices[0]?.dtype ?? target.dtype;
  for (const slice of slices) {
    checkWhole("tokens of a slice", slice.tokens);
    checkSlice(slice, target.shape, dtype);
  }
  const rows = slices.reduce((sum, { tokens }) => sum + tokens, 0);
  checkRows(target, firstRow, firstRow + rows);
  checkTable(target, table, firstPosition, rows);
  return rows;
}

/** Returns the number of rows to be read, or throws KvShapeError. */
export function checkTake({ source, from, to, firstPosition, table }: TakeRequest<KvLayout>): number {
  checkRows(source, from, to);
  checkTable(source, table, firstPosition, to - from);
  return to - from;
}

function checkRows(layout: KvLayout, from: number, to: number): void {
  checkWhole("first row", from);
  checkWhole("end row", to);
  if (from > to) throw new KvShapeError(`Got rows ${from} to ${to}, expected the end not before the start.`);
  if (to > layout.capacity) {
    throw new KvShapeError(
      `Got rows ${from} to ${to} for buffers of ${layout.capacity} rows. Leave out logs or raise the capacity.`,
    );
  }
}

function checkTable({ shape }: KvLayout, table: RotaryTable, firstPosition: number, rows: number): void {
  checkWhole("first position", firstPosition);
  if (table.headDim !== shape.headDim) {
    throw new KvShapeError(
      `Got a rotary table for head size ${table.headDim}, expected one for ${describeShape(shape)}. ` +
        "Make the table from the same model's configuration.",
    );
  }
  if (firstPosition + rows > table.positions) {
    throw new KvShapeError(
      `Got positions up to ${firstPosition + rows}, but the rotary table ends at ${table.positions}. ` +
        "Leave out logs, or make the table as long as the model's context.",
    );
  }
}

function checkWhole(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new KvShapeError(`Got ${value} as ${what}, expected a whole number of at least 0.`);
  }
}
