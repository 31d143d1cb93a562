/** What a sentence embedder's folder says, and everything that it can say wrongly, named. */
import { describe, expect, it } from "vitest";
import { readEmbedderConfig } from "../../src/embed/embedder-config.ts";
import { openFolder } from "../../src/engine/folder-files.ts";
import {
  DIMENSION,
  embedderFiles,
  type Files,
  FOLDER,
  modulesJson,
  PAD,
  poolingJson,
  serve,
  tinyEmbedder,
} from "../support/tiny-embedder.ts";

const read = (change: Files = {}, tokenizerConfig = {}) => {
  const files = { ...embedderFiles(tinyEmbedder(false)), ...change };
  return readEmbedderConfig(openFolder(FOLDER, { fetch: serve(files) }), tokenizerConfig);
};

const ours = (fields: object) => ({ "config_sentence_transformers.json": JSON.stringify(fields) });

describe("embedder-config", () => {
  it("reads a folder", async () => {
    expect(await read()).toEqual({
      dimension: DIMENSION,
      pooling: "mean",
      normalise: true,
      maxTokens: 8,
      lowerCase: false,
      padId: PAD,
      prompts: { query: "", document: "" },
    });
  });

  it("reads another one", async () => {
    const change = {
      "config.json": "{}",
      "modules.json": modulesJson("Transformer", "Pooling").replace("1_Pooling", "pool"),
      "pool/config.json": poolingJson("cls_token"),
      "1_Pooling/config.json": undefined,
      "sentence_bert_config.json": '{"max_seq_length": 77, "do_lower_case": true}',
    };
    expect(await read(change)).toMatchObject({
      pooling: "cls",
      normalise: false,
      maxTokens: 77,
      lowerCase: true,
      padId: 0,
    });
  });

  it("reads pooling as today's sentence-transformers writes it", async () => {
    const pooling = (mode: unknown) => ({
      "1_Pooling/config.json": JSON.stringify({ embedding_dimension: 6, pooling_mode: mode }),
    });
    expect(await read(pooling("cls"))).toMatchObject({ dimension: 6, pooling: "cls" });
    expect(await read(pooling(["mean"]))).toMatchObject({ dimension: 6, pooling: "mean" });
    await expect(read(pooling("lasttoken"))).rejects.toThrow(/pools by lasttoken, expected mean/);
    await expect(read(pooling(["mean", "max"]))).rejects.toThrow(/pools by mean and max/);
  });

  it("without a limit of its own it takes the least of what graph and tokenizer were made for", async () => {
    const none = { "sentence_bert_config.json": '{"max_seq_length": null}' };
    expect((await read(none)).maxTokens).toBe(512);
    expect((await read(none, { model_max_length: 128 })).maxTokens).toBe(128);
    expect(
      (await read({ "sentence_bert_config.json": undefined }, { model_max_length: 1e30 })).maxTokens,
    ).toBe(512);
  });

  it.each<[string, object, object]>([
    ["query", { prompts: { query: "query: " } }, { query: "query: ", document: "" }],
    ["passage", { prompts: { passage: "passage: ", corpus: "c" } }, { query: "", document: "passage: " }],
    [
      "a default",
      { prompts: { all: "a: ", query: "q: " }, default_prompt_name: "all" },
      { query: "q: ", document: "a: " },
    ],
    ["none", { prompts: null, default_prompt_name: null }, { query: "", document: "" }],
  ])("prompts: %s", async (_, fields, prompts) => {
    expect((await read(ours(fields))).prompts).toEqual(prompts);
  });

  const NO_LIMIT = { "config.json": "{}", "sentence_bert_config.json": undefined };
  it.each<[string, Files, string, RegExp]>([
    [
      "no modules",
      { "modules.json": undefined },
      "ModelFileError",
      /tiny-embedder\/modules\.json is not there/,
    ],
    [
      "modules that are no list",
      { "modules.json": "{}" },
      "ModelFileError",
      /modules\.json is not a JSON list/,
    ],
    [
      "a module without a type",
      { "modules.json": '[{"path": ""}]' },
      "ModelFileError",
      /a module is \{"path":""\}, expected an object with "type" and "path"/,
    ],
    [
      "a module more",
      { "modules.json": modulesJson("Transformer", "Pooling", "Dense") },
      "ModelUnsupportedError",
      /has the modules Transformer, Pooling, Dense, expected/,
    ],
    ["a module less", { "modules.json": "[]" }, "ModelUnsupportedError", /has the modules \(none\)/],
    [
      "no pooling",
      { "1_Pooling/config.json": undefined },
      "ModelFileError",
      /1_Pooling\/config\.json is not there/,
    ],
    [
      "another pooling",
      { "1_Pooling/config.json": poolingJson("max_tokens") },
      "ModelUnsupportedError",
      /1_Pooling\/config\.json pools by pooling_mode_max_tokens, expected/,
    ],
    [
      "two poolings",
      { "1_Pooling/config.json": poolingJson("mean_tokens", { pooling_mode_cls_token: true }) },
      "ModelUnsupportedError",
      /pools by pooling_mode_cls_token and pooling_mode_mean_tokens/,
    ],
    [
      "no dimension",
      { "1_Pooling/config.json": poolingJson("mean_tokens", { word_embedding_dimension: "6" }) },
      "ModelFileError",
      /word_embedding_dimension is "6", expected a whole number/,
    ],
    [
      "a limit that is none",
      { "sentence_bert_config.json": '{"max_seq_length": 0}' },
      "ModelFileError",
      /sentence_bert_config\.json: max_seq_length is 0, expected/,
    ],
    ["no limit", NO_LIMIT, "ModelFileError", /has no max_seq_length.*Add max_seq_length/],
    [
      "a prompt that is none",
      ours({ prompts: { query: 7 } }),
      "ModelFileError",
      /the prompt query is 7, expected text/,
    ],
    [
      "a prompt that is not pooled",
      {
        ...ours({ prompts: { query: "q" } }),
        "1_Pooling/config.json": poolingJson("mean_tokens", { include_prompt: false }),
      },
      "ModelUnsupportedError",
      /include_prompt: false/,
    ],
  ])("%s: a clear error", async (_, change, name, message) => {
    const error: Error = await read(change).then(
      () => expect.fail("was read"),
      (reason) => reason,
    );
    expect(error.message).toMatch(message);
    expect(error.name).toBe(name);
  });

  it("a folder of another origin is refused", () => {
    Object.assign(globalThis, { location: new URL("http://elsewhere.test/") });
    try {
      expect(() => openFolder(FOLDER, {})).toThrow(/at http:\/\/page\.test, the page at http:\/\/elsewhere/);
    } finally {
      Reflect.deleteProperty(globalThis, "location");
    }
  });
});
