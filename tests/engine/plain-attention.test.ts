/** Attention as plain operators against onnxruntime's own node, on wasm: the same numbers from the same graph. */
import { afterEach, describe, expect, it } from "vitest";
import { type Attribute, CONTRIB, GraphWriter } from "../../src/engine/onnx/graph-writer.ts";
import { withPlainAttention } from "../../src/engine/onnx/plain-attention.ts";
import { cpuData, cpuTensor, createSession, type OnnxSession } from "../../src/engine/onnx/session.ts";
import { largestDifference } from "../support/compare.ts";

const [HEADS, KV_HEADS, DIM] = [6, 2, 32];
const POSITIONS = 64;

interface Form {
  readonly rotaryDim?: number;
  readonly packed?: boolean;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

function graphOf({ rotaryDim = 0, packed = false, attributes = {} }: Form): Uint8Array {
  const graph = new GraphWriter();
  const widths = packed ? [HEADS + 2 * KV_HEADS] : [HEADS, KV_HEADS, KV_HEADS];
  const inputs = widths.map((heads, i) => graph.input(`in${i}`, "float32", [1, "tokens", heads * DIM]));
  const past = ["key", "value"].map((what) =>
    graph.input(`past_${what}`, "float32", [1, KV_HEADS, "past", DIM]),
  );
  graph.input("last_row", "int32", [1]);
  graph.input("rows", "int32", []);
  const tables: string[] = [];
  if (rotaryDim > 0) {
    const half = rotaryDim / 2;
    for (const [name, turn] of [
      ["cos", Math.cos],
      ["sin", Math.sin],
    ] as const) {
      const table = Float32Array.from({ length: POSITIONS * half }, (_, i) =>
        turn(Math.floor(i / half) / 3 ** (i % half)),
      );
      tables.push(graph.constant(name, "float32", [POSITIONS, half], table));
    }
  }
  graph.output("attention", "float32", [1, "tokens", HEADS * DIM]);
  for (const what of ["key", "value"]) graph.output(what, "float32", [1, KV_HEADS, "total", DIM]);
  graph.node(
    "GroupQueryAttention",
    [...inputs, ...(packed ? ["", ""] : []), ...past, "last_row", "rows", ...tables],
    ["attention", "key", "value"],
    { num_heads: HEADS, kv_num_heads: KV_HEADS, do_rotary: rotaryDim > 0 ? 1 : 0, ...attributes },
    CONTRIB,
  );
  return graph.toBytes();
}

/** Seeded numbers around zero. */
function numbers(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233) * 1.5);
}

const open: OnnxSession[] = [];
afterEach(async () => {
  for (const session of open.splice(0)) await session.dispose();
});

async function run(model: Uint8Array, wasmAttention: "plain" | "library", tokens: number, past: number) {
  const session = await createSession(model, { wasmAttention });
  open.push(session);
  const feeds = Object.fromEntries(
    session.inputs.map(({ name, dims }, i) => {
      if (name === "last_row") return [name, cpuTensor("int32", Int32Array.of(past + tokens - 1), [1])];
      if (name === "rows") return [name, cpuTensor("int32", Int32Array.of(past + tokens), [])];
      const sizes = dims.map((dim) => (dim === "tokens" ? tokens : dim === "past" ? past : (dim as number)));
      const length = sizes.reduce((product, size) => product * size, 1);
      return [name, cpuTensor("float32", numbers(length, i), sizes)];
    }),
  );
  const out = await session.run(feeds, { attention: null, key: null, value: null });
  return ["attention", "key", "value"].map((name) => cpuData(out[name]!) as Float32Array);
}

const RUNS = [
  [7, 0],
  [5, 11],
  [1, 16],
] as const;

describe("attention in plain operators", () => {
  it.each<[string, Form]>([
    ["without rotation", {}],
    ["with rotation", { rotaryDim: DIM }],
    ["with rotation of a part of the dimensions", { rotaryDim: 16 }],
    ["with rotation of neighbours", { rotaryDim: DIM, attributes: { rotary_interleaved: 1 } }],
    ["with queries, keys and values in one", { rotaryDim: DIM, packed: true }],
    ["with a scale of its own", { attributes: { scale: { float: 0.7 } } }],
  ])("equals the library's node %s, behind nothing, behind rows, and for one token", async (_, form) => {
    const model = graphOf(form);
    expect(withPlainAttention(model)).not.toBe(model);
    for (const [tokens, past] of RUNS) {
      const plain = await run(model, "plain", tokens, past);
      const library = await run(model, "library", tokens, past);
      for (const [i, rows] of plain.entries()) {
        expect(rows).toHaveLength(library[i]!.length);
        expect(largestDifference(rows, library[i]!)).toBeLessThan(2e-6);
      }
    }
  });

  it("leaves a node alone that does more: a window, a cap", () => {
    const more: readonly NonNullable<Form["attributes"]>[] = [
      { local_window_size: 4 },
      { softcap: { float: 30 } },
    ];
    for (const attributes of more) {
      const model = graphOf({ attributes });
      expect(withPlainAttention(model)).toBe(model);
    }
  });

  it("leaves a model without such nodes alone", () => {
    const graph = new GraphWriter();
    graph.input("x", "float32", [1]);
    graph.output("y", "float32", [1]);
    graph.node("Neg", ["x"], ["y"]);
    const model = graph.toBytes();
    expect(withPlainAttention(model)).toBe(model);
  });
});
