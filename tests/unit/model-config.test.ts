/** What `config.json` says, and what is refused by name. */
import { describe, expect, it } from "vitest";
import { readModelConfig } from "../../src/engine/model-config.ts";
import scaled from "../fixtures/rotary-scaling.json" with { type: "json" };
import { configJson, TINY } from "../support/tiny-model.ts";

const base = configJson(TINY);
const withWeights = (weights: unknown) => ({ ...base, lag: { weights } });

describe("model-config", () => {
  it("reads the geometry", () => {
    expect(readModelConfig(base)).toEqual({
      modelType: "llama",
      shape: { layers: 2, kvHeads: 2, headDim: 16 },
      heads: 4,
      vocabSize: 96,
      maxPositions: 256,
      rotary: { theta: 10000, rotaryDim: 16 },
      floors: {},
      endIds: [1],
      weights: { float32: "onnx/model.onnx" },
    });
  });

  it.each([
    ["nothing about them", { instruction: "short" }, { float32: "onnx/model.onnx" }],
    ["null", { weights: null }, { float32: "onnx/model.onnx" }],
    ["one file", { weights: { float32: "a/b.onnx" } }, { float32: "a/b.onnx" }],
    ["one file and null", { weights: { float32: "b.onnx", float16: null } }, { float32: "b.onnx" }],
    [
      "a file for each precision",
      { weights: { float32: "onnx/model.onnx", float16: "onnx/model_fp16.onnx" } },
      { float32: "onnx/model.onnx", float16: "onnx/model_fp16.onnx" },
    ],
  ])("finds the weights: %s", (_, lag, weights) => {
    expect(readModelConfig({ ...base, lag }).weights).toEqual(weights);
  });

  it("fills in what older configurations leave out", () => {
    const { head_dim, num_key_value_heads, rope_theta, ...older } = base;
    const config = readModelConfig(older);
    expect(config.shape).toEqual({ layers: 2, kvHeads: 4, headDim: 16 });
    expect(config.rotary).toEqual({ theta: 10000, rotaryDim: 16 });
  });

  it("reads rotation where newer configurations put it, and partial rotation", () => {
    const { rope_theta, ...rest } = base;
    const config = readModelConfig({
      ...rest,
      rope_parameters: { rope_type: "default", rope_theta: 5e5 },
      partial_rotary_factor: 0.5,
      rope_scaling: null,
      eos_token_id: [4, 7],
      sliding_window: 4096,
      use_sliding_window: false,
    });
    expect(config.rotary).toEqual({ theta: 5e5, rotaryDim: 8 });
    expect(config.endIds).toEqual([4, 7]);
  });

  it.each(scaled)("scales rotation as its authors do: $name", ({ config, frequencies }) => {
    const got = readModelConfig(config).rotary!.inverseFrequencies!;
    expect(got.length).toBe(frequencies.length);
    // The fixture was computed in 32 bits.
    for (const [i, wanted] of frequencies.entries())
      expect(Math.abs(got[i]! / wanted - 1)).toBeLessThan(2e-6);
  });

  it("scaling may stand where newer configurations put it", () => {
    const { config } = scaled[0]!;
    const { rope_scaling, rope_theta, ...rest } = config as Record<string, unknown>;
    const rope_parameters = { ...(rope_scaling as object), rope_theta };
    expect(readModelConfig({ ...rest, rope_parameters }).rotary).toEqual(readModelConfig(config).rotary);
  });

  it("knows which models turn neighbours", () => {
    expect(readModelConfig({ ...base, model_type: "cohere" }).rotary).toMatchObject({ pairs: "adjacent" });
    expect(readModelConfig(base).rotary).not.toHaveProperty("pairs");
  });

  it("a window that holds all positions is none", () => {
    expect(readModelConfig({ ...base, sliding_window: 256 }).noRows).toBeUndefined();
  });

  it.each([
    [
      "no rotary geometry",
      {
        model_type: "gpt2",
        n_positions: 1024,
        max_position_embeddings: null,
        num_attention_heads: undefined,
      },
      /num_attention_heads/,
    ],
    ["latent attention", { kv_lora_rank: 512 }, /latent attention.*kv_lora_rank/],
    ["state space", { model_type: "mamba", state_size: 16 }, /state-space.*state_size/],
    ["linear attention", { linear_num_key_heads: 16 }, /linear attention/],
    ["convolutions", { conv_L_cache: 3 }, /convolution layers/],
    ["sliding window", { sliding_window: 128 }, /sliding-window.*sliding_window 128/],
    ["layer types", { layer_types: ["full_attention", "sliding_attention"] }, /sliding_attention/],
    ["longrope", { rope_scaling: { type: "longrope", factor: 2 } }, /scaling "longrope"/],
    ["dynamic scaling", { rope_scaling: { rope_type: "dynamic", factor: 2 } }, /scaling "dynamic"/],
    ["several dimensions", { rope_scaling: { type: "default", mrope_section: [2, 3, 3] } }, /mrope_section/],
    ["rotation by layer", { rope_parameters: { full_attention: { rope_theta: 1e6 } } }, /rotate differently/],
    ["layers without rotation", { no_rope_layers: [1, 0] }, /without rotary/],
    ["soft cap", { attn_logit_softcapping: 50 }, /soft-capped/],
  ])("says why rows cannot be carried: %s", (_, fields, why) => {
    const config = readModelConfig({ ...base, ...fields });
    expect(config.noRows).toMatch(why);
    expect(config.rotary).toBeUndefined();
  });

  it("refuses an encoder-decoder", () => {
    const refused = () => readModelConfig({ ...base, is_encoder_decoder: true });
    expect(refused).toThrow(/encoder-decoder/);
    expect(refused).toThrow(expect.objectContaining({ name: "ModelUnsupportedError" }));
  });

  it("says what the model was trained for, in the order of the modes, where the file says it", () => {
    const lag = { trainedModes: ["kv", "none", "text-last"] };
    expect(readModelConfig({ ...base, lag }).trainedModes).toEqual(["none", "text-last", "kv"]);
    expect(readModelConfig({ ...base, lag: { trainedModes: [] } }).trainedModes).toEqual([]);
    expect(readModelConfig({ ...base, lag: { trainedModes: null } }).trainedModes).toBeUndefined();
    expect(readModelConfig(base).trainedModes).toBeUndefined();
  });

  it("says how similar a log must be to help the model, where the file says it", () => {
    const floorsOf = (lag?: object) => readModelConfig({ ...base, ...(lag && { lag }) }).floors;
    expect(floorsOf({ minSimilarity: 0.4 })).toEqual({ minSimilarity: 0.4 });
    expect(floorsOf({ minSimilarity: null, minRelativeSimilarity: 0.7 })).toEqual({
      minRelativeSimilarity: 0.7,
    });
    expect(floorsOf()).toEqual({});
  });

  it.each([
    ["a list", [], /not a JSON object/],
    ["a text for a number", { ...base, num_hidden_layers: "2" }, /num_hidden_layers is "2"/],
    ["heads that do not divide", { ...base, num_attention_heads: 5 }, /5 heads over 2 KV heads/],
    ["no vocabulary", { ...base, vocab_size: null }, /no vocab_size/],
    ["scaling without its numbers", { ...base, rope_scaling: { type: "linear" } }, /factor is missing/],
    ["an odd rotated part", { ...base, partial_rotary_factor: 0.2 }, /0\.2 of a head of 16/],
    ["a base that is no base", { ...base, rope_theta: -1 }, /rope_theta is -1/],
    ["lag that is a text", { ...base, lag: "short" }, /lag is "short", expected an object/],
    ["one path for weights", withWeights("a.onnx"), /weights is "a\.onnx", expected an object such as/],
    ["a list of weights", withWeights(["a.onnx"]), /weights is \["a\.onnx"\], expected an object such as/],
    [
      "a misspelt precision",
      withWeights({ float32: "a", fp16: "b" }),
      /"fp16", expected float32 and float16/,
    ],
    ["no float32", withWeights({ float16: "a.onnx" }), /float32 is missing, expected the path.*Correct/],
    ["a number for a path", withWeights({ float32: "a", float16: 16 }), /float16 is 16, expected the path/],
    ["an empty path", withWeights({ float32: "" }), /float32 is "", expected the path/],
    ["a path that leads out", withWeights({ float32: "../a.onnx" }), /float32 is "\.\.\/a\.onnx"/],
    ["a path from the root", withWeights({ float32: "/a.onnx" }), /float32 is "\/a\.onnx"/],
    ["an address", withWeights({ float32: "a", float16: "https://x.org/a" }), /float16 is "https:/],
    ["a text for modes", { ...base, lag: { trainedModes: "kv" } }, /trainedModes is "kv", expected a list/],
    ["a misspelt mode", { ...base, lag: { trainedModes: ["kvall"] } }, /\["kvall"\], expected .*kv-all/],
    [
      "a similarity above 1",
      { ...base, lag: { minSimilarity: 40 } },
      /minSimilarity is 40, expected a number/,
    ],
    [
      "a share of the best below 0",
      { ...base, lag: { minRelativeSimilarity: -0.1 } },
      /minRelativeSimilarity is -0.1, expected a number/,
    ],
    ["one file for both", withWeights({ float32: "a", float16: "a" }), /names a for float32 and for float16/],
  ])("calls %s a damaged file", (_, fields, message) => {
    const refused = () => readModelConfig(fields);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ name: "ModelFileError" }));
  });
});
