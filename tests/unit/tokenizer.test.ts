/** Tokenizers as files give them: plain text never becomes a control token, whatever it says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createFramedTokenizer, createTokenizer } from "../../src/engine/tokenizer.ts";
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

describe("what the library runs otherwise than the one that models were trained with", () => {
  const file = (vocab: Record<string, number>, change: object) => ({
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: "BPE", vocab, merges: [] },
    ...change,
  });

  it("a sigma is lowered alike at the end of a word", () => {
    for (const normalizer of [{ type: "Lowercase" }, { type: "BertNormalizer", lowercase: true }]) {
      expect(createTokenizer(file({ ο: 0, σ: 1, ς: 2 }, { normalizer }), {}).plain("ΟΣ")).toEqual([0, 1]);
    }
    expect(createTokenizer(file({ Σ: 0, σ: 1 }, {}), {}).plain("Σ")).toEqual([0]);
  });

  it("digits of all scripts are split, each alone or by runs", () => {
    const digits = (individual_digits: boolean) =>
      createTokenizer(
        file(
          { a: 0, "٣": 1, "٤": 2, "٣٤": 3 },
          {
            model: { type: "BPE", vocab: { a: 0, "٣": 1, "٤": 2, "٣٤": 3 }, merges: [["٣", "٤"]] },
            pre_tokenizer: { type: "Digits", individual_digits },
          },
        ),
        {},
      );
    expect(digits(true).plain("a٣٤")).toEqual([0, 1, 2]);
    expect(digits(false).plain("a٣٤")).toEqual([0, 3]);
  });

  it("rare Han characters stand apart, and a piece without a token is the unknown one in plain text too", () => {
    const model = { type: "WordPiece", vocab: { "[UNK]": 7, と: 1, 𠮷: 2 }, unk_token: "[UNK]" };
    const added_tokens = [{ id: 7, content: "[UNK]", special: true }];
    const normalizer = { type: "BertNormalizer", handle_chinese_chars: true };
    const pre_tokenizer = { type: "BertPreTokenizer" };
    const { plain } = createTokenizer(file({}, { model, added_tokens, normalizer, pre_tokenizer }), {});
    expect(plain("𠮷と\u{2A6E0}")).toEqual([2, 7]);
    expect(plain("と𠮷")).toEqual([1, 2]);
  });
});
