/** Every file of a model's folder that names what ends a turn is heard. */
import { describe, expect, it } from "vitest";
import { readModelConfig } from "../../src/engine/model-config.ts";
import { turnEndsOf } from "../../src/engine/turn-ends.ts";
import { configJson, TINY } from "../support/tiny-model.ts";

const tokenizer = { idOf: (text: string) => (text === "<|im_end|>" ? 5 : undefined) };
const none = { endIds: [] };
const ends = (
  config: unknown,
  generationConfig = {},
  tokenizerConfig = {},
  template: { readonly endIds: readonly number[] } = none,
) => {
  const files = { generationConfig, tokenizerConfig };
  const fields = { ...configJson(TINY), eos_token_id: config };
  return turnEndsOf({ config: readModelConfig(fields), ...files }, tokenizer, template);
};

describe("turn-ends", () => {
  it.each<[string, ReturnType<typeof ends>, readonly number[]]>([
    ["config.json", ends(7), [7]],
    ["generation_config.json, one", ends(null, { eos_token_id: 8 }), [8]],
    ["generation_config.json, several", ends(null, { eos_token_id: [8, 9] }), [8, 9]],
    ["tokenizer_config.json", ends(null, {}, { eos_token: "<|im_end|>" }), [5]],
    ["the same, as an object", ends(null, {}, { eos_token: { content: "<|im_end|>" } }), [5]],
    ["a token that the tokenizer lacks", ends(null, {}, { eos_token: "</s>" }), []],
    ["the chat template", ends(null, {}, {}, { endIds: [6] }), [6]],
    ["all of them, each once", ends([7, 8], { eos_token_id: [8, 9] }, {}, { endIds: [9, 6] }), [7, 8, 9, 6]],
  ])("ids of %s", (_, { endIds, turnEnds }, wanted) => {
    expect(endIds).toEqual(wanted);
    expect(turnEnds).toEqual([]);
  });

  it("texts of generation_config.json", () => {
    expect(ends(7, { stop_strings: "###" }).turnEnds).toEqual(["###"]);
    expect(ends(7, { stop_strings: ["[INST]", null, "###"] }).turnEnds).toEqual(["[INST]", "###"]);
  });
});
