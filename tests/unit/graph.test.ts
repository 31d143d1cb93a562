/** Which form a graph has, and which forms are refused by name. */
import { describe, expect, it } from "vitest";
import { readModelConfig } from "../../src/engine/model-config.ts";
import { readGraphForm } from "../../src/engine/onnx/graph.ts";
import type { TensorSpec } from "../../src/engine/onnx/session.ts";
import { configJson, TINY } from "../support/tiny-model.ts";

const config = readModelConfig(configJson(TINY));
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
  it("without position_ids rotation is fused", () => {
    expect(readGraphForm(graph, config)).toEqual({
      shape: config.shape,
      dtype: "float32",
      logitsDtype: "float32",
      vocabSize: 96,
      hasPositionIds: false,
      hasNumLogitsToKeep: false,
    });
  });

  it("position_ids and num_logits_to_keep are optional", () => {
    const inputs = [
      ...graph.inputs,
      ids("position_ids"),
      { name: "num_logits_to_keep", type: "int64", dims: [] },
    ];
    expect(readGraphForm({ ...graph, inputs }, config)).toMatchObject({
      hasPositionIds: true,
      hasNumLogitsToKeep: true,
    });
  });

  it("rows may be half floats, logits of another type", () => {
    const half = (specs: TensorSpec[]) =>
      specs.map((spec) => (spec.name.includes(".") ? { ...spec, type: "float16" } : spec));
    const form = readGraphForm({ inputs: half(graph.inputs), outputs: half(graph.outputs) }, config);
    expect(form).toMatchObject({ dtype: "float16", logitsDtype: "float32" });
  });

  it("a vocabulary that the graph leaves open comes from config.json", () => {
    expect(readGraphForm(changed("logits", { dims: ["b", "t", "v"] }), config).vocabSize).toBe(96);
  });

  it.each([
    ["another input", { ...graph, inputs: [...graph.inputs, ids("token_type_ids")] }, /"token_type_ids"/],
    ["no past", { ...graph, inputs: graph.inputs.slice(0, 2) }, /no "past_key_values\.0\.key"/],
    ["fewer layers", { ...graph, inputs: graph.inputs.slice(0, 4) }, /no "past_key_values\.1\.key"/],
    ["no present", { ...graph, outputs: graph.outputs.slice(0, 2) }, /no "present\.0\.value"/],
    ["no logits", { ...graph, outputs: graph.outputs.slice(1) }, /no "logits"/],
    ["quantised rows", changed("past_key_values.0.key", { type: "int8" }), /past_key_values\.0\.key.*int8/],
    ["other KV heads", changed("past_key_values.1.value", { dims: ["b", 4, "r", 16] }), /\[b, 4, r, 16\]/],
    ["32-bit ids", changed("input_ids", { type: "int32" }), /"input_ids".*int32/],
    ["rows in another order", changed("present.0.key", { dims: ["b", "r", 2, 16] }), /present\.0\.key/],
  ])("refuses %s by name", (_, given, message) => {
    const refused = () => readGraphForm(given, config);
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
    expect(
      readGraphForm({ ...given, inputs: [...given.inputs, ids("position_ids")] }, small).hasPositionIds,
    ).toBe(true);
  });
});
