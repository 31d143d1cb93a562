/**
 * The start-up self-test: does this backend compute attention? One GroupQueryAttention node of the loaded
 * model's own head size, head counts and dtype runs a prefill and then a single step behind it, through the
 * same KV store as the model, and must agree with the CPU reference. (Backends were seen that do not.)
 */
import type { GpuDevice } from "../../gpu/device.ts";
import { halfFromFloat } from "../../kernels/half.ts";
import type { KvDtype } from "../../terms/kv-shape.ts";
import { frequenciesOf, type RotaryConfig } from "../model-config.ts";
import { type AttentionShape, attentionReference, rotateReference } from "./attention.reference.ts";
import { CONTRIB, GraphWriter } from "./graph-writer.ts";
import type { KvStore } from "./kv-store.ts";
import { cpuLogits, gpuLogits } from "./logits.ts";
import { forEachRows, type RowNames, usualRowNames } from "./row-names.ts";
import { cpuTensor, createSession, type OnnxSession } from "./session.ts";

export interface AttentionSelfTestOptions {
  readonly shape: AttentionShape;
  readonly dtype: KvDtype;
  readonly rotary: RotaryConfig;
  /** Whether the model's attention node rotates queries and keys itself. */
  readonly fusedRotation: boolean;
  /** Where to run; absent = wasm. */
  readonly gpu?: GpuDevice;
  /** A KV store of one layer, usually named, at this shape and dtype with room for SELF_TEST_CAPACITY rows. */
  readonly store: KvStore;
  /** What is right. Tests break it on purpose. */
  readonly reference?: typeof attentionReference;
}

const NAMES = usualRowNames(1) as [RowNames[number]];

/** Enough rows to pass every block size of the attention kernels once, and an odd rest. */
const PREFILL = 37;
const ROWS = PREFILL + 1;
/** More than are used, so that a wrong stride shows. */
export const SELF_TEST_CAPACITY = ROWS + 10;

/** Rows are of unit variance, so errors are absolute. Wrong attention was seen to be off by 0.1 and more. */
const TOLERANCE: Record<KvDtype, number> = { float32: 1e-3, float16: 2e-2 };

/** Returns what is wrong, or undefined when the numbers are right. Throws what the backend throws. */
export async function attentionSelfTest(options: AttentionSelfTestOptions): Promise<string | undefined> {
  const { shape, dtype, gpu, store, reference = attentionReference } = options;
  const session = await createSession(
    attentionGraph(options),
    gpu ? { device: gpu.device, outputsOnGpu: true } : {},
  );
  const reader = gpu ? gpuLogits(gpu, dtype) : cpuLogits();
  try {
    store.clear();
    const rows = randomRows(shape, dtype);
    for (const [from, to] of [
      [0, PREFILL],
      [PREFILL, ROWS],
    ] as const) {
      const got = await attend(session, options, rows, from, to, reader);
      const wanted = reference(shape, rotatedUpTo(options, rows, from, to));
      const error = largestDifference(got, wanted);
      if (!(error <= TOLERANCE[dtype])) {
        return (
          `attention over ${to} rows (${to - from} new, head size ${shape.headDim}, ${shape.heads}/${shape.kvHeads} ` +
          `heads, ${dtype}) is off by ${error.toExponential(1)}, at most ${TOLERANCE[dtype]} is allowed`
        );
      }
    }
    return undefined;
  } finally {
    reader.dispose();
    // Its tensors belong to the session, which ends here.
    store.clear();
    await session.dispose();
  }
}

/** Inputs: new rows of queries, keys, values `[1, tokens, heads * dim]`, past rows, and the two row counts. */
function attentionGraph({ shape, dtype, rotary, fusedRotation }: AttentionSelfTestOptions): Uint8Array {
  const { heads, kvHeads, headDim } = shape;
  const graph = new GraphWriter();
  graph.input("query", dtype, [1, "tokens", heads * headDim]);
  for (const name of ["key", "value"]) graph.input(name, dtype, [1, "tokens", kvHeads * headDim]);
  forEachRows(NAMES, (_, __, { past }) => {
    graph.input(past, dtype, [1, kvHeads, "past", headDim]);
  });
  graph.input("last_row", "int32", [1]);
  graph.input("rows", "int32", []);
  graph.output("attention", dtype, [1, "tokens", heads * headDim]);
  forEachRows(NAMES, (_, __, { present }) => {
    graph.output(present, dtype, [1, kvHeads, "total", headDim]);
  });
  if (fusedRotation) {
    const frequencies = frequenciesOf(rotary);
    const half = frequencies.length;
    for (const [name, turn] of [
      ["cos", Math.cos],
      ["sin", Math.sin],
    ] as const) {
      const table = Float32Array.from({ length: ROWS * half }, (_, i) =>
        turn(Math.floor(i / half) * frequencies[i % half]!),
      );
      graph.constant(name, dtype, [ROWS, half], stored(table, dtype));
    }
  }
  const [{ key, value }] = NAMES;
  const inputs = ["query", "key", "value", key.past, value.past, "last_row", "rows"];
  graph.node(
    "GroupQueryAttention",
    fusedRotation ? [...inputs, "cos", "sin"] : inputs,
    ["attention", key.present, value.present],
    {
      num_heads: heads,
      kv_num_heads: kvHeads,
      do_rotary: fusedRotation ? 1 : 0,
      rotary_interleaved: rotary.pairs === "adjacent" ? 1 : 0,
    },
    CONTRIB,
  );
  return graph.toBytes();
}

interface Rows {
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
}

async function attend(
  session: OnnxSession,
  { shape, dtype, store }: AttentionSelfTestOptions,
  rows: Rows,
  from: number,
  to: number,
  reader: ReturnType<typeof cpuLogits>,
): Promise<Float32Array> {
  const tensorOf = (name: keyof Rows, heads: number) => {
    const width = heads * shape.headDim;
    const data = rows[name].subarray(from * width, to * width);
    return cpuTensor(dtype, stored(data, dtype), [1, to - from, width]);
  };
  const results = await session.run(
    {
      query: tensorOf("query", shape.heads),
      key: tensorOf("key", shape.kvHeads),
      value: tensorOf("value", shape.kvHeads),
      last_row: cpuTensor("int32", Int32Array.of(to - 1), [1]),
      rows: cpuTensor("int32", Int32Array.of(to), []),
      ...store.feeds(),
    },
    { attention: null, ...store.fetches() },
  );
  store.append(results, to - from);
  return reader.read(results.attention!, to - from);
}

function rotatedUpTo(
  { shape, rotary, fusedRotation }: AttentionSelfTestOptions,
  rows: Rows,
  from: number,
  to: number,
) {
  const { heads, kvHeads, headDim } = shape;
  const queries = rows.query.subarray(from * heads * headDim, to * heads * headDim);
  const keys = rows.key.subarray(0, to * kvHeads * headDim);
  const values = rows.value.subarray(0, to * kvHeads * headDim);
  if (!fusedRotation) return { queries, keys, values };
  const turn = { headDim, frequencies: frequenciesOf(rotary), pairs: rotary.pairs ?? "half-split" };
  return {
    queries: rotateReference(queries, { ...turn, heads }, from),
    keys: rotateReference(keys, { ...turn, heads: kvHeads }, 0),
    values,
  };
}

/** The same numbers every time: sums of sines are as good as noise here, and need no generator. */
function randomRows({ heads, kvHeads, headDim }: AttentionShape, dtype: KvDtype): Rows {
  const make = (width: number, seed: number) =>
    Float32Array.from({ length: ROWS * width }, (_, i) => {
      const value = Math.sin(i * 12.9898 + seed) + Math.sin(i * 7.233 + 2 * seed);
      return dtype === "float32" ? value : Math.round(value * 256) / 256;
    });
  return {
    query: make(heads * headDim, 1),
    key: make(kvHeads * headDim, 2),
    value: make(kvHeads * headDim, 3),
  };
}

function stored(values: Float32Array, dtype: KvDtype): Float32Array | Uint16Array {
  return dtype === "float32" ? values : Uint16Array.from(values, halfFromFloat);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, difference);
  }
  return largest;
}
