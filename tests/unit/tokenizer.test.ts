/** Tokenizers as files give them: plain text never becomes a control token, whatever it says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createFramedTokenizer, createTokenizer, type Tokenizer } from "../../src/engine/tokenizer.ts";
import { givenPaths, readGiven } from "../support/given-files.ts";
import { CLS, SEP, TOKENIZER, UNKNOWN } from "../support/tiny-embedder.ts";

const EMBEDDED = new URL("../../public/models/embedded/", import.meta.url);
const json = (name: string) => JSON.parse(readFileSync(new URL(name, EMBEDDED), "utf8"));
const embedded = createTokenizer(json("tokenizer.json"), json("tokenizer_config.json"));

const TEXTS = [
  "The father of Mei Shaowu is Mei Lanfang.",
  "a <|end_of_turn|> b<|im_end|><|user|></s>",
  "Jurgen Çelhaka — 梅兰芳 🙂 \u{1D11E}",
  "  two spaces\n\nand\ttabs \n",
  " <ans> 1889 , . ' n't </ans>",
];

describe("tokenizer of the embedded model", () => {
  it.each(TEXTS)("gives back %j", (text) => {
    expect(embedded.decode(embedded.plain(text))).toBe(text);
  });

  it("a marker in plain text is characters, in a template a control token", () => {
    const end = embedded.idOf("<|end_of_turn|>")!;
    expect(embedded.template("a<|end_of_turn|>")).toContain(end);
    expect(embedded.plain("a<|end_of_turn|>")).not.toContain(end);
    expect(embedded.plain("<|end_of_turn|>").length).toBeGreaterThan(3);
  });

  it("adds nothing in front or behind, and nothing for nothing", () => {
    expect(embedded.plain("")).toEqual([]);
    expect(embedded.plain("born")).not.toEqual(embedded.plain(" born"));
    expect(embedded.plain("\n\n")).toHaveLength(1);
  });

  it("leaves control tokens out of decoded text", () => {
    const end = embedded.idOf("<|end_of_turn|>")!;
    expect(embedded.decode([...embedded.plain("yes"), end])).toBe("yes");
    expect(embedded.decode([end])).toBe("");
  });

  it("an unfinished character ends in U+FFFD", () => {
    const ids = embedded.plain("\u{1F642}");
    expect(embedded.decode(ids.slice(0, -1)).endsWith("\uFFFD")).toBe(true);
  });
});

describe("control tokens that stand in the vocabulary itself", () => {
  const file = (model: object, pre_tokenizer: object | null, normalizer: object | null = null) => ({
    added_tokens: [{ id: 3, content: "</s>", special: true, normalized: false }],
    normalizer,
    pre_tokenizer,
    post_processor: null,
    decoder: null,
    model,
  });

  it("are not matched whole in plain text", () => {
    const vocab = { "<": 0, "/": 1, s: 2, "</s>": 3, ">": 4, "▁": 5 };
    // `ignore_merges` takes a piece that is in the vocabulary as it is.
    const model = { type: "BPE", vocab, merges: [], ignore_merges: true };
    const tokenizer = createTokenizer(file(model, null), {});
    expect(tokenizer.plain("</s>")).toEqual([0, 1, 2, 4]);
    expect(tokenizer.template("</s>")).toEqual([3]);
  });

  it("no space is put in front of plain text", () => {
    const model = { type: "BPE", vocab: { a: 0, "▁": 1 }, merges: [] };
    const metaspace = {
      type: "Metaspace",
      replacement: "▁",
      add_prefix_space: true,
      prepend_scheme: "always",
    };
    const prepend = { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }] };
    expect(createTokenizer(file(model, metaspace), {}).plain("a")).toEqual([0]);
    expect(createTokenizer(file(model, null, prepend), {}).plain("a")).toEqual([0]);
  });

  it("a file that is no tokenizer is refused", () => {
    expect(() => createTokenizer({ added_tokens: [] }, {})).toThrow(
      expect.objectContaining({ name: "ModelFileError", message: expect.stringContaining("tokenizer.json") }),
    );
    expect(() => createTokenizer({}, {})).toThrow(/tokenizer\.json/);
  });
});

describe("framed tokenizer", () => {
  const framed = createFramedTokenizer(TOKENIZER, {});

  it("keeps the frame and cuts the end of the text, at the limit and beyond", () => {
    const whole = [CLS, 0, 1, 2, SEP];
    expect(framed("Born in Velin", 9)).toEqual(whole);
    expect(framed("Born in Velin", 5)).toEqual(whole);
    expect(framed("Born in Velin", 4)).toEqual([CLS, 0, 1, SEP]);
    expect(framed("Born in Velin", 2)).toEqual([CLS, SEP]);
    expect(framed("stranger", 9)).toEqual([CLS, UNKNOWN, SEP]);
    expect(framed("", 9)).toEqual([CLS, SEP]);
  });

  it("a tokenizer without a frame gives the text alone, with the space that it was trained with", () => {
    const bare = createFramedTokenizer({ ...TOKENIZER, post_processor: null }, {});
    expect(bare("Born in Velin", 9)).toEqual([0, 1, 2]);
    expect(bare("Born in Velin", 2)).toEqual([0, 1]);
    const prepend = { type: "Prepend", prepend: "▁" };
    const model = { type: "BPE", vocab: { a: 0, "▁": 1 }, merges: [] };
    const file = { ...TOKENIZER, model, normalizer: prepend, pre_tokenizer: null, post_processor: null };
    expect(createFramedTokenizer(file, {})("a", 9)).toEqual([1, 0]);
  });

  it("a file that is none is named", () => {
    expect(() => createFramedTokenizer({}, {})).toThrow(/tokenizer\.json/);
  });
});

describe("real tokenizers", () => {
  const names = givenPaths("tokenizers/").filter((path) => path.endsWith("/tokenizer.json"));
  if (names.length === 0) {
    console.warn("real tokenizers: not run, data absent");
    it.skip("real tokenizers (not run: data absent)", () => {});
  }
  // Those of decoders: what they are given comes back.
  const decoders = names.filter((name) => !name.includes("minilm"));

  it.each(decoders)("%s gives text back, markers included", async (name) => {
    const tokenizer = await load(name);
    for (const text of TEXTS) expect(tokenizer.decode(tokenizer.plain(text))).toBe(text.normalize("NFC"));
    const end = tokenizer.idOf("<|im_end|>")!;
    expect(tokenizer.template("x<|im_end|>")).toContain(end);
    expect(tokenizer.plain("x<|im_end|>")).not.toContain(end);
  });

  it.each(names.filter((name) => name.includes("minilm")))("%s adds no frame to plain text", async (name) => {
    const tokenizer = await load(name);
    const ids = tokenizer.plain("hello [SEP]");
    expect(ids).not.toContain(tokenizer.idOf("[CLS]"));
    expect(ids).not.toContain(tokenizer.idOf("[SEP]"));
  });

  it.each(names.filter((name) => name.includes("minilm")))(
    "%s frames what an encoder reads",
    async (name) => {
      const framed = createFramedTokenizer(await read(name), {});
      // "hello world" as published for BERT's uncased vocabulary.
      expect(framed("Hello, world", 9)).toEqual([101, 7592, 1010, 2088, 102]);
      expect(framed("Hello, world", 4)).toEqual([101, 7592, 1010, 102]);
    },
  );

  async function read(path: string) {
    return JSON.parse(new TextDecoder().decode(await readGiven(path)));
  }

  async function load(path: string): Promise<Tokenizer> {
    const configPath = path.replace("tokenizer.json", "tokenizer_config.json");
    return createTokenizer(await read(path), givenPaths(configPath).length > 0 ? await read(configPath) : {});
  }
});
