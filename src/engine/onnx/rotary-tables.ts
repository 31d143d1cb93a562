/**
 * The cosines and sines that a graph rotates with, and what its `config.json` should have said. Exporters were seen that
 * scale rotation otherwise than the configuration tells: keys turn as the graph says.
 */
import { floatFromHalf } from "../../kernels/half.ts";
import { frequenciesOf, type RotaryConfig } from "../model-config.ts";
import type { ConstantValues } from "./graph-constants.ts";

/** `[row][pair]`, from position 0. */
export interface RotaryTables {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly pairs: number;
}

/** A rounded angle of the furthest row that is looked at is off by less than this, in radians. */
const TOLERANCE = 0.02;
/** Tables may be as long as the context; later rows of 32-bit tables are less exact. */
const ROWS = 4096;

/** Undefined for values that are no two tables of one size. */
export function asTables(
  cos: ConstantValues | undefined,
  sin: ConstantValues | undefined,
): RotaryTables | undefined {
  const pairs = cos?.dims[1];
  if (!cos || !sin || !pairs || cos.dims.length !== 2 || sin.dims.join() !== cos.dims.join())
    return undefined;
  const first = (values: ConstantValues) => floats(values.data.subarray(0, ROWS * pairs));
  return { cos: first(cos), sin: first(sin), pairs };
}

/** The configuration where it agrees with the tables, else one with their frequencies. */
export function rotaryOfTables(config: RotaryConfig, tables: RotaryTables): RotaryConfig {
  const frequencies = frequenciesOf(config);
  if (frequencies.length === tables.pairs && agrees(frequencies, tables)) return config;
  return { ...config, rotaryDim: 2 * tables.pairs, inverseFrequencies: frequenciesIn(tables) };
}

function agrees(frequencies: readonly number[], tables: RotaryTables): boolean {
  return rowsOf(tables).every((row) =>
    frequencies.every((frequency, pair) => {
      const apart = angleAt(tables, row, pair) - row * frequency;
      return Math.abs(apart - nearestTurn(apart)) < TOLERANCE;
    }),
  );
}

/** Each row twice as far as the one before says the frequency twice as exactly: a small table of halves is enough. */
function frequenciesIn(tables: RotaryTables): number[] {
  return Array.from({ length: tables.pairs }, (_, pair) =>
    rowsOf(tables).reduce((frequency, row) => {
      const angle = angleAt(tables, row, pair);
      return (angle + nearestTurn(row * frequency - angle)) / row;
    }, 0),
  );
}

/** 1, 2, 4, … */
function rowsOf({ cos, pairs }: RotaryTables): number[] {
  const rows: number[] = [];
  for (let row = 1; row < cos.length / pairs; row *= 2) rows.push(row);
  return rows;
}

function angleAt({ cos, sin, pairs }: RotaryTables, row: number, pair: number): number {
  return Math.atan2(sin[row * pairs + pair]!, cos[row * pairs + pair]!);
}

function nearestTurn(angle: number): number {
  return Math.round(angle / (2 * Math.PI)) * 2 * Math.PI;
}

function floats(data: Float32Array | Uint16Array): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data, floatFromHalf);
}
