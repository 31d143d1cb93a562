/** Which form a graph has, and which forms are refused by name. */
import { describe, expect, it } from "vitest";
import { readModelConfig } from "../../src/engine/model-config.ts";
import { type GraphSpecs, readGraphForm as readForm } from "../../src/engine/onnx/graph.ts";
import type { GraphFacts } from "../../src/engine/onnx/graph-facts.ts";
import { usualRowNames } from "../../src/engine/onnx/row-names.ts";
import type { TensorSpec } from "../../src/engine/onnx/session.ts";
import { configJson, TINY } from "../support/tiny-model.ts";

const config = readModelConfig(configJson(TINY));
/** Of a graph whose attention rotates itself and appends in place. */
const FUSED: GraphFacts = {
  appended: new Set(usualRowNames(2).flatMap(({ key, value }) => [key.present, value.present])),
  rotatesItself: true,
  pairs: "half-split",
  tables: undefined,
  angleNodes: [],
  window: undefined,
};
const SEPARATE: GraphFacts = { ...FUSED, rotatesItself: false };
const PLAIN: GraphFacts = { ...FUSED, appended: new Set(), rotatesItself: false, pairs: undefined };
const readGraphForm = (specs: GraphSpecs, of = config, facts = FUSED) => readForm(specs, of, facts);
const ids = (name: string): TensorSpec => ({ name, type: "int64", dims: ["batch", "tokens"] });
const rows = (name: string): TensorSpec => ({ name, type: "float32", dims: ["batch", 2, "rows", 16] });
const layers = [0, 1].flatMap((layer) => [`${layer}.key`, `${layer}.value`]);
const graph = {
  inputs: [ids("input_ids"), ids("attention_mask"), ...layers.map((x) => rows(`past_key_values.${x}`))],
  outputs: [
    { name: "logits", type: "float32", dims: ["batch", "tokens", 96] },
    ...layers.map((x) => rows(`present.${x}`)),
  ],
};
const changed = (name: string, change: Partial<TensorSpec>) => ({
  inputs: graph.inputs.map((spec) => (spec.name === name ? { ...spec, ...change } : spec)),
  outputs: graph.outputs.map((spec) => (spec.name === name ? { ...spec, ...change } : spec)),
});

describe("graph", () => {
  it("attention that rotates itself counts rows itself", () => {
    expect(readGraphForm(graph)).toEqual({
      logitsDtype: "float32",
      vocabSize: 96,
      hasAttentionMask: true,
      hasPositionIds: false,
      logitsToKeep: undefined,
      memory: {
        kind: "rows",
        shape: config.shape,
        dtype: "float32",
        names: usualRowNames(2),
        inPlace: true,
        fusedRotation: true,
        startsAnywhere: false,
        pairs: "half-split",
        tables: undefined,
      },
    });
  });

  it("position_ids and num_logits_to_keep are optional; positions may be chosen where rotation is separate", () => {
    const keep = { name: "num_logits_to_keep", type: "int64", dims: [1] };
    const given = { ...graph, inputs: [...graph.inputs, ids("position_ids"), keep] };
    expect(readGraphForm(given, config, SEPARATE)).toMatchObject({
      hasPositionIds: true,
      logitsToKeep: [1],
      memory: { startsAnywhere: true, fusedRotation: false },
    });
    expect(readGraphForm(given).memory).toMatchObject({ startsAnywhere: false });
  });

  it("attention in single steps makes new rows", () => {
    expect(readGraphForm(graph, config, PLAIN).memory).toMatchObject({ kind: "rows", inPlace: false });
    const half = { ...FUSED, appended: new Set(["present.0.key", "present.0.value"]) };
    expect(readGraphForm(graph, config, half).memory).toMatchObject({ inPlace: false });
  });

  it("a mask is fed where there is one", () => {
    const without = { ...graph, inputs: graph.inputs.filter(({ name }) => name !== "attention_mask") };
    expect(readGraphForm(without).hasAttentionMask).toBe(false);
  });

  it("finds rows by other names", () => {
    const renamed = (specs: TensorSpec[], from: RegExp, to: string) =>
      specs.map((spec) => ({ ...spec, name: spec.name.replace(from, to) }));
    const given = {
      inputs: renamed(graph.inputs, /^past_key_values\.(\d)\.(key|value)$/, "past_$2_$1"),
      outputs: renamed(graph.outputs, /^present\.(\d)\.(key|value)$/, "present_$2_$1"),
    };
    const { memory } = readGraphForm(given, config, PLAIN);
    expect(memory).toMatchObject({
      names: [
        { key: { past: "past_key_0", present: "present_key_0" }, value: { past: "past_value_0" } },
        { key: { past: "past_key_1" }, value: { present: "present_value_1" } },
      ],
    });
  });

  it("rows may be half floats, logits of another type", () => {
    const half = (specs: TensorSpec[]) =>
      specs.map((spec) => (spec.name.includes(".") ? { ...spec, type: "float16" } : spec));
    const form = readGraphForm({ inputs: half(graph.inputs), outputs: half(graph.outputs) });
    expect(form).toMatchObject({ memory: { dtype: "float16" }, logitsDtype: "float32" });
  });

  const convolution = {
    inputs: [...graph.inputs, { name: "past_conv.2", type: "float32", dims: ["batch", 64, 3] }],
    outputs: [...graph.outputs, { name: "present_conv.2", type: "float32", dims: ["batch", 64, 3] }],
  };
  it.each([
    ["config.json says why", graph, { ...config, noRows: "linear attention" }, PLAIN, /^linear attention$/],
    ["a window", graph, config, { ...FUSED, window: 64 }, /sliding-window.*local_window_size 64/],
    ["two rotations", graph, config, { ...FUSED, pairs: "both" as const }, /rotate differently/],
    ["other states", convolution, config, FUSED, /state instead of rows.*past_conv\.2/],
    ["quantised rows", changed("past_key_values.0.key", { type: "int8" }), config, FUSED, /quantised.*int8/],
    [
      "keys and values of two sizes",
      changed("past_key_values.1.value", { dims: ["b", 2, "r", 8] }),
      config,
      PLAIN,
      /16 and 8.*latent attention/,
    ],
  ])("hands on as it is what cannot be carried: %s", (_, given, of, facts, why) => {
    const { memory } = readGraphForm(given, of, facts);
    expect(memory).toMatchObject({ kind: "state", why: expect.stringMatching(why) });
    expect(memory.kind === "state" && memory.tensors.map(({ past, present }) => [past, present])).toEqual(
      given.inputs
        .slice(2)
        .map(({ name }) => [name, name.replace("past_key_values", "present").replace("past_", "present_")]),
    );
  });

  it("a window that holds all positions is none", () => {
    expect(readGraphForm(graph, config, { ...FUSED, window: 256 }).memory.kind).toBe("rows");
  });

  it("a vocabulary that the graph leaves open comes from config.json", () => {
    expect(readGraphForm(changed("logits", { dims: ["b", "t", "v"] })).vocabSize).toBe(96);
  });

  it.each([
    ["another input", { ...graph, inputs: [...graph.inputs, ids("token_type_ids")] }, /"token_type_ids"/],
    ["no past", { ...graph, inputs: graph.inputs.slice(0, 2) }, /no "past_key_values\.0\.key"/],
    ["fewer layers", { ...graph, inputs: graph.inputs.slice(0, 4) }, /no "past_key_values\.1\.key"/],
    ["no present", { ...graph, outputs: graph.outputs.slice(0, 2) }, /no "present\.0\.value"/],
    ["no logits", { ...graph, outputs: graph.outputs.slice(1) }, /no "logits"/],
    [
      "rows of another type",
      changed("past_key_values.0.key", { type: "float64" }),
      /past_key_values\.0\.key.*float64/,
    ],
    [
      "masks of four dimensions",
      changed("attention_mask", { dims: ["b", 1, "t", "r"] }),
      /"attention_mask".*4 dim/,
    ],
    ["other KV heads", changed("past_key_values.1.value", { dims: ["b", 4, "r", 16] }), /\[b, 4, r, 16\]/],
    ["32-bit ids", changed("input_ids", { type: "int32" }), /"input_ids".*int32/],
    ["rows in another order", changed("present.0.key", { dims: ["b", "r", 2, 16] }), /present\.0\.key/],
  ])("refuses %s by name", (_, given, message) => {
    const refused = () => readGraphForm(given);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ name: "ModelUnsupportedError" }));
  });

  it("refuses more layers than config.json says", () => {
    const fewer = { ...config, shape: { ...config.shape, layers: 1 } };
    expect(() => readGraphForm(graph, fewer)).toThrow(/more layers than the 1/);
  });

  it("refuses fused rotation at a head size that its operator refuses", () => {
    const small = { ...config, shape: { ...config.shape, headDim: 8 } };
    const narrow = (specs: TensorSpec[]) =>
      specs.map((spec) => (spec.dims.length === 4 ? { ...spec, dims: ["b", 2, "r", 8] } : spec));
    const given = { inputs: narrow(graph.inputs), outputs: narrow(graph.outputs) };
    expect(() => readGraphForm(given, small)).toThrow(/head size 8.*multiple of 16/);
    expect(readGraphForm(given, small, SEPARATE).memory.kind).toBe("rows");
  });

  it("refuses a graph that forgets, and states that it does not hand back", () => {
    const recurrent = { ...config, noRows: "a state-space model" };
    const without = { ...graph, inputs: graph.inputs.slice(0, 2) };
    expect(() => readGraphForm(without, recurrent)).toThrow(/no past/);
    const oneWay = { ...convolution, outputs: graph.outputs };
    expect(() => readGraphForm(oneWay, recurrent)).toThrow(/"past_conv\.2" that this version cannot feed/);
  });
});
