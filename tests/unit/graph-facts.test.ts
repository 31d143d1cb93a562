/** What the nodes of a graph tell: real graphs of tests/support/tiny-model.ts, and tables that config.json belies. */
import { describe, expect, it } from "vitest";
import { frequenciesOf, readModelConfig } from "../../src/engine/model-config.ts";
import { readGraphFacts } from "../../src/engine/onnx/graph-facts.ts";
import { CONTRIB, GraphWriter } from "../../src/engine/onnx/graph-writer.ts";
import { rotaryOfTables } from "../../src/engine/onnx/rotary-tables.ts";
import { halfFromFloat } from "../../src/kernels/half.ts";
import scaled from "../fixtures/rotary-scaling.json" with { type: "json" };
import { buildModel, randomWeights, TINY, type TinyConfig } from "../support/tiny-model.ts";

const factsOf = (change: Partial<TinyConfig>) => {
  const config = { ...TINY, ...change };
  return readGraphFacts(buildModel(config, randomWeights(config)));
};
const ROTARY = { theta: TINY.theta, rotaryDim: TINY.headDim };

describe("graph-facts", () => {
  it("attention that rotates itself", () => {
    const facts = factsOf({});
    expect(facts).toMatchObject({ rotatesItself: true, pairs: "half-split", window: undefined });
    expect([...facts.appended]).toEqual(expect.arrayContaining(["present.0.key", "present.1.value"]));
    expect(rotaryOfTables(ROTARY, facts.tables!)).toBe(ROTARY);
  });

  it.each(["float32", "float16"] as const)("separate rotation, %s", (dtype) => {
    const facts = factsOf({ rotation: "separate", dtype });
    expect(facts).toMatchObject({ rotatesItself: false, pairs: "half-split" });
    expect(facts.appended.has("present.1.key")).toBe(true);
    expect(rotaryOfTables(ROTARY, facts.tables!)).toBe(ROTARY);
  });

  it("angles, and nothing else, where attention is in single steps", () => {
    const graph = new GraphWriter();
    graph.node("Cos", ["angles"], ["cos"]);
    graph.node("Concat", ["past_key_values.0.key", "key"], ["present.0.key"], { axis: 2 });
    expect(readGraphFacts(graph.toBytes())).toEqual({
      appended: new Set(),
      rotatesItself: false,
      pairs: undefined,
      tables: undefined,
      angleNodes: ["Cos_0"],
      window: undefined,
    });
  });

  it("windows and pairs, node by node", () => {
    const graph = new GraphWriter();
    const attend = (name: string, window: number, interleaved: number) =>
      graph.node(
        "GroupQueryAttention",
        ["q", "k", "v"],
        [name],
        { do_rotary: 1, rotary_interleaved: interleaved, local_window_size: window },
        CONTRIB,
      );
    attend("a", -1, 1);
    expect(readGraphFacts(graph.toBytes())).toMatchObject({ pairs: "adjacent", window: undefined });
    attend("b", 512, 0);
    expect(readGraphFacts(graph.toBytes())).toMatchObject({ pairs: "both", window: 512 });
  });

  it.each([
    ["float32", 1e-6],
    ["float16", 2e-3],
  ] as const)("keys turn as the tables say where config.json says otherwise, %s", (dtype, tolerance) => {
    const { config, frequencies } = scaled[0]!;
    const told = readModelConfig({ ...config, rope_scaling: null }).rotary!;
    const rows = 512;
    const table = (turn: (angle: number) => number) => {
      const values = Float32Array.from(
        { length: rows * frequencies.length },
        // Some rotations make rows longer, too.
        (_, i) => 1.2 * turn(Math.floor(i / frequencies.length) * frequencies[i % frequencies.length]!),
      );
      return dtype === "float32" ? values : Uint16Array.from(values, halfFromFloat);
    };
    const graph = new GraphWriter();
    const size = [rows, frequencies.length];
    graph.constant("cos", dtype, size, table(Math.cos));
    graph.constant("sin", dtype, size, table(Math.sin));
    graph.node(
      "RotaryEmbedding",
      ["q", "position_ids", "cos", "sin"],
      ["turned"],
      { interleaved: 0 },
      CONTRIB,
    );
    const { tables } = readGraphFacts(graph.toBytes());
    const got = frequenciesOf(rotaryOfTables(told, tables!));
    for (const [i, wanted] of frequencies.entries()) {
      // At the end of the table.
      expect(Math.abs(got[i]! - wanted) * (rows - 1)).toBeLessThan(tolerance);
    }
    const right = readModelConfig(config).rotary!;
    expect(rotaryOfTables(right, tables!)).toBe(right);
  });

  it("tables may lie beside the model", () => {
    const halves = Float32Array.from({ length: 2 * 64 }, (_, i) => i);
    const graph = new GraphWriter();
    for (const [name, offset] of [
      ["cos", 0],
      ["sin", 256],
    ] as const) {
      graph.external(name, "float32", [8, 8], { location: "beside.data", offset, length: 256 });
    }
    graph.node("RotaryEmbedding", ["q", "position_ids", "cos", "sin"], ["turned"], {}, CONTRIB);
    const beside = [{ path: "beside.data", data: new Uint8Array(halves.buffer) }];
    const { tables } = readGraphFacts(graph.toBytes(), beside);
    expect(tables).toEqual({ cos: halves.slice(0, 64), sin: halves.slice(64), pairs: 8 });
    expect(readGraphFacts(graph.toBytes()).tables).toBeUndefined();
  });
});
