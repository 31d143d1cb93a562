/** One ordinary case, then cases that leave it in one respect each. Shared by both kernels. */
import { createRotaryTable, type RotaryPairs, type RotaryTable } from "../../src/kernels/rotary-table.ts";
import type { KvDtype, KvShape } from "../../src/terms/kv-shape.ts";

export interface KernelCase {
  readonly name: string;
  readonly shape: KvShape;
  /** Tokens of each slice. */
  readonly tokens: readonly number[];
  readonly capacity: number;
  readonly firstRow: number;
  readonly firstPosition: number;
  readonly rotaryDim: number;
  readonly pairs: RotaryPairs;
  readonly positions: number;
  /** dtype of the slices. */
  readonly slices: KvDtype;
  /** dtype of the engine's rows. */
  readonly engine: KvDtype;
}

const control: KernelCase = {
  name: "two slices at rows 2…9, positions 40…47",
  shape: { layers: 2, kvHeads: 2, headDim: 64 },
  tokens: [3, 5],
  capacity: 12,
  firstRow: 2,
  firstPosition: 40,
  rotaryDim: 64,
  pairs: "half-split",
  positions: 64,
  slices: "float32",
  engine: "float32",
};

const withHeadDim = (headDim: number): Partial<KernelCase> => ({
  shape: { ...control.shape, headDim },
  rotaryDim: headDim,
});

const withInvocations = (rows: number): Partial<KernelCase> => ({
  name: `${rows} invocations`,
  shape: { layers: 2, kvHeads: 1, headDim: 2 },
  rotaryDim: 2,
  tokens: [rows],
  capacity: rows + 3,
  positions: 128,
});

const deviations: readonly (Partial<KernelCase> & { name: string })[] = [
  { name: "one token", tokens: [1] },
  { ...withInvocations(63), name: "63 invocations" },
  { ...withInvocations(64), name: "64 invocations" },
  { ...withInvocations(65), name: "65 invocations" },
  { ...withHeadDim(8), name: "head size 8" },
  { ...withHeadDim(10), name: "head size 10: halves of odd length" },
  { ...withHeadDim(128), name: "head size 128" },
  { name: "one layer", shape: { ...control.shape, layers: 1 } },
  { name: "one KV head", shape: { ...control.shape, kvHeads: 1 } },
  { name: "eight KV heads", shape: { ...control.shape, kvHeads: 8 } },
  { name: "the last position and the last row", firstPosition: 56, firstRow: 4 },
  { name: "the first row", firstRow: 0 },
  { name: "no room to spare", firstRow: 0, capacity: 8 },
  { name: "an empty slice between others", tokens: [3, 0, 2, 1] },
  { name: "eight slices", tokens: [1, 1, 2, 1, 1, 1, 1, 2], firstRow: 1 },
  { name: "a quarter of the head rotated", rotaryDim: 16 },
  { name: "six of ten elements rotated: halves of odd length", ...withHeadDim(10), rotaryDim: 6 },
  { name: "adjacent pairs", pairs: "adjacent" },
  {
    name: "adjacent pairs, six of ten elements rotated",
    pairs: "adjacent",
    ...withHeadDim(10),
    rotaryDim: 6,
  },
  { name: "16 bits to 16 bits", slices: "float16", engine: "float16" },
  { name: "16 bits stored, 32 in the engine", slices: "float16" },
  { name: "32 bits stored, 16 in the engine", engine: "float16" },
  { name: "16 bits, head size 10", slices: "float16", engine: "float16", ...withHeadDim(10) },
  {
    name: "16 bits, six of ten rotated",
    slices: "float16",
    engine: "float16",
    ...withHeadDim(10),
    rotaryDim: 6,
  },
];

export const KERNEL_CASES: readonly KernelCase[] = [
  control,
  ...deviations.map((deviation) => ({ ...control, ...deviation })),
];

/** What all tests rotate by. */
export const THETA = 10000;

export function tableOf({ shape, rotaryDim, pairs, positions }: KernelCase): RotaryTable {
  return createRotaryTable({ headDim: shape.headDim, rotaryDim, pairs, theta: THETA, positions });
}

/** More workgroups than one dimension of a dispatch takes (65535 of 64 invocations). */
export const LONG_CASE: KernelCase = {
  ...control,
  name: "more than 65535 workgroups",
  shape: { layers: 1, kvHeads: 8, headDim: 128 },
  rotaryDim: 128,
  tokens: [5000, 3300],
  capacity: 8310,
  positions: 8400,
};
