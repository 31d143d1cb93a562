/** What a WebLLM model says of itself: configuration, geometry, rotation, template, address. */
import { describe, expect, test } from "vitest";
import { readChatConfig } from "../../src/engine/webllm/chat-config.ts";
import { createConversationTemplate } from "../../src/engine/webllm/conversation-template.ts";
import { checkPageBlocks, readGeometry } from "../../src/engine/webllm/geometry.ts";
import { readRotation, STORED_UNROTATED, tableFor } from "../../src/engine/webllm/rotation.ts";
import { readWebLlmAddress } from "../../src/terms/web-llm-address.ts";
import { QWEN2_METADATA } from "../support/fake-web-llm.ts";
import { CHATML, chatConfig } from "../support/web-llm-config.ts";

describe("web-llm configuration", () => {
  const wrong = {
    "no template": [{ conv_template: undefined }, /conv_template is missing/],
    "roles without the assistant": [
      { conv_template: { ...CHATML, roles: { user: "u" } } },
      /conv_template.roles.assistant is missing/,
    ],
    "a vocabulary of no size": [{ vocab_size: 0 }, /vocab_size is 0/],
    "separators that are no list": [
      { conv_template: { ...CHATML, seps: "\n" } },
      /conv_template.seps is "\\n"/,
    ],
  } as const;
  for (const [name, [change, message]] of Object.entries(wrong)) {
    test(`${name} is refused by name`, () => {
      expect(() => readChatConfig({ ...chatConfig(), ...change })).toThrow(
        expect.objectContaining({ name: "ModelFileError", message: expect.stringMatching(message) }),
      );
    });
  }
});

describe("web-llm geometry", () => {
  const config = readChatConfig(chatConfig());
  const geometry = { shape: { layers: 2, kvHeads: 2, headDim: 8 }, dtype: "float32" as const, heads: 4 };

  test("is what the library says; its rows have as many bits as it computes in", () => {
    expect(readGeometry(QWEN2_METADATA, config)).toEqual(geometry);
    expect(readGeometry({ ...QWEN2_METADATA, quantization: "q4f16_1" }, config)).toMatchObject({
      dtype: "float16",
    });
  });

  const refused = {
    "multi-head latent attention": [{ model_type: "deepseek_v2" }, {}],
    "compressed rows by their size": [{}, { kv_lora_rank: 512 }],
    'a state of kind "rnn_state"': [{ kv_state_kind: "rnn_state" }, {}],
    'a state of kind "hybrid"': [{ kv_state_kind: "hybrid" }, {}],
    "sliding windows in some of its layers": [{ model_type: "gemma3_text" }, {}],
    "a recurrent state": [{ model_type: "rwkv6" }, {}],
    "does not say how its cache is made": [{ kv_cache: undefined }, {}],
    "a quantisation": [{ quantization: "ct2" }, {}],
    "a package of several programs": [{ artifact: { kind: "chat" } }, {}],
  } as const;
  for (const [name, [metadata, model]] of Object.entries(refused)) {
    test(`refused by name: ${name}`, () => {
      const given = readGeometry({ ...QWEN2_METADATA, ...metadata }, { ...config, model });
      const words = name === "compressed rows by their size" ? "multi-head latent attention" : name;
      expect(given).toEqual({ refused: expect.stringContaining(words) });
    });
  }

  const page = 2 * 2 * 16 * 8 * 4;
  test("pages of the context, one to spare, two more with a sliding window", () => {
    for (const pages of [4, 5, 7]) {
      expect(checkPageBlocks([pages * page, pages * page], geometry, 64)).toEqual({ slots: pages * 16 });
    }
  });

  const wrong = {
    "too few pages": [3 * page, 3 * page],
    "pages of twice the width": [10 * page, 10 * page],
    "another number of layers": [5 * page],
    "layers of several sizes": [5 * page, 4 * page],
    "no pages": [0, 0],
  };
  for (const [name, sizes] of Object.entries(wrong)) {
    test(`${name} are not those of this cache`, () => {
      expect(checkPageBlocks(sizes, geometry, 64)).toEqual({
        refused: expect.stringContaining("2 layers x 2 KV"),
      });
    });
  }
});

describe("web-llm rotation", () => {
  const read = (model: object, modelType = "llama") =>
    readRotation({ ...readChatConfig(chatConfig()), modelType, model: model as Record<string, unknown> }, 64);
  const howOf = (model: object, modelType?: string) => {
    const rotation = read(model, modelType);
    if ("refused" in rotation) throw new Error(rotation.refused);
    return rotation.how;
  };

  test("the base has several names, and a default", () => {
    expect(howOf({ rope_theta: 1e6 })).toEqual({ theta: 1e6, rotaryDim: 64 });
    expect(howOf({ position_embedding_base: 5e5 })).toEqual({ theta: 5e5, rotaryDim: 64 });
    expect(howOf({})).toEqual({ theta: 10000, rotaryDim: 64 });
  });

  test("part of a head", () => {
    expect(howOf({ rope_theta: 1e4, partial_rotary_factor: 0.25 })).toMatchObject({ rotaryDim: 16 });
    expect(howOf({ rope_theta: 1e4, rotary_dim: 32 })).toMatchObject({ rotaryDim: 32 });
  });

  test("adjacent pairs, by the scaling's name or the kind of model", () => {
    expect(howOf({ rope_scaling: { rope_type: "gptj" } })).toMatchObject({ pairs: "adjacent" });
    expect(howOf({}, "chatglm")).toMatchObject({ pairs: "adjacent" });
  });

  test("linear: every frequency divided", () => {
    const { inverseFrequencies } = howOf({ rope_theta: 1e4, rope_scaling: { type: "linear", factor: 4 } });
    expect(inverseFrequencies).toHaveLength(32);
    expect(inverseFrequencies![0]).toBe(0.25);
    expect(inverseFrequencies![16]).toBeCloseTo(0.01 / 4, 12);
  });

  test("llama3: as transformers computes it for Llama 3.2 (factor 32, head size 64)", () => {
    const rope_scaling = {
      rope_type: "llama3",
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    };
    const { inverseFrequencies } = howOf({ position_embedding_base: 5e5, rope_scaling });
    // Fast pairs stay, slow ones are divided by 32, those between are blended: by hand, in f64.
    const plain = (i: number) => 5e5 ** (-i / 32);
    expect(inverseFrequencies![0]).toBe(1);
    expect(inverseFrequencies![10]).toBeCloseTo(plain(10), 12);
    const turns = (8192 * plain(16)) / (2 * Math.PI);
    expect(turns).toBeGreaterThan(1);
    expect(turns).toBeLessThan(4);
    const share = (turns - 1) / 3;
    expect(inverseFrequencies![16]).toBeCloseTo(plain(16) * (share + (1 - share) / 32), 12);
    expect(inverseFrequencies![31]).toBeCloseTo(plain(31) / 32, 15);
  });

  for (const type of ["yarn", "longrope", "su", "llama4", "dynamic"]) {
    test(`${type} is refused by name`, () => {
      const words = type === "su" ? "longrope" : type === "llama4" ? "in some of its layers" : type;
      expect(read({ rope_scaling: { rope_type: type, factor: 4 } })).toEqual({
        refused: expect.stringContaining(words),
      });
    });
  }

  test("a number that is missing is no guess", () => {
    expect(read({ rope_scaling: { rope_type: "llama3", factor: 8 } })).toEqual({
      refused: expect.stringContaining('"llama3"'),
    });
  });

  test("keys that lie un-rotated are not turned at any position", () => {
    const { cosSin } = tableFor(STORED_UNROTATED, 64, 5);
    expect(Array.from(cosSin)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(howOf({}, "gpt2")).toEqual(STORED_UNROTATED.how);
  });
});

describe("web-llm template", () => {
  // Parts of the template in brackets, what people wrote as it is.
  const seen: string[] = [];
  const tokenizer = {
    idOf: (_: string): number | undefined => undefined,
    template: (text: string) => [seen.push(`[${text}]`)],
    plain: (text: string) => [seen.push(text)],
  };
  const rendered = (
    template: object,
    messages: Parameters<ReturnType<typeof createConversationTemplate>["compose"]>[0],
  ) => {
    seen.length = 0;
    const { conversation } = readChatConfig(chatConfig({ conv_template: { ...CHATML, ...template } }));
    createConversationTemplate(conversation, tokenizer).compose(messages);
    return seen.join("");
  };
  const user = { role: "user" as const, content: "Who?" };

  test("the model's own system prompt is template; the question is not", () => {
    expect(rendered({}, [user])).toBe(
      "[<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\n]Who?[<|im_end|>\n<|im_start|>assistant\n]",
    );
  });

  test("a caller's system prompt and earlier turns are plain text", () => {
    const messages = [
      { role: "system" as const, content: "Be brief." },
      user,
      { role: "assistant" as const, content: "She." },
      { role: "user" as const, content: "Where?" },
    ];
    expect(rendered({}, messages)).toBe(
      "[<|im_start|>system\n]Be brief.[<|im_end|>\n<|im_start|>user\n]Who?[<|im_end|>\n<|im_start|>assistant\n]She." +
        "[<|im_end|>\n<|im_start|>user\n]Where?[<|im_end|>\n<|im_start|>assistant\n]",
    );
  });

  test("separators take turns, and the first message may go without its role", () => {
    const llama2 = {
      system_template: "[INST] <<SYS>>\n{system_message}\n<</SYS>>\n\n",
      add_role_after_system_message: false,
      roles: { user: "<s>[INST]", assistant: "[/INST]" },
      seps: [" ", " </s>"],
      role_content_sep: " ",
      role_empty_sep: " ",
    };
    expect(rendered(llama2, [user])).toBe("[[INST] <<SYS>>\nYou help.\n<</SYS>>\n\n]Who?[ [/INST] ]");
  });

  test("a message's own dollar signs and placeholders are left alone", () => {
    expect(rendered({}, [{ role: "user", content: "$& {user_message}" }])).toContain("]$& {user_message}[");
  });

  test("ids in front of all stand first", () => {
    const { conversation } = readChatConfig(
      chatConfig({ conv_template: { ...CHATML, system_prefix_token_ids: [128000] } }),
    );
    const counting = { template: () => [1], plain: () => [2], idOf: () => undefined };
    const template = createConversationTemplate(conversation, counting);
    expect(template.compose([user])).toEqual([128000, 1, 2, 1]);
  });

  test("a model that thinks is told not to where that is asked for, as WebLLM tells it; another is left alone", () => {
    const { conversation } = readChatConfig(chatConfig());
    const said = (thinking: boolean | undefined, marks: readonly string[]) => {
      seen.length = 0;
      const idOf = (text: string) => (marks.includes(text) ? 7 : undefined);
      const template = createConversationTemplate(conversation, { ...tokenizer, idOf });
      template.compose([user], thinking === undefined ? {} : { thinking });
      return seen.join("");
    };
    const plain = said(undefined, ["<think>"]);
    expect(plain.endsWith("<|im_start|>assistant\n]")).toBe(true);
    expect(said(false, ["<think>"])).toBe(plain.replace(/\]$/, "<think>\n\n</think>\n\n]"));
    expect([said(true, ["<think>"]), said(false, [])]).toEqual([plain, plain]);
  });

  test("a system message behind others is refused", () => {
    expect(() => rendered({}, [user, { role: "system", content: "x" }])).toThrow(
      expect.objectContaining({ name: "ModelUnsupportedError" }),
    );
  });
});

describe("web-llm address", () => {
  test("an id of WebLLM's own list, or one with its files", () => {
    expect(readWebLlmAddress("web-llm:Llama-3.2-1B")).toEqual({ id: "Llama-3.2-1B" });
    const files = { model: "https://a.example/m/", lib: "https://a.example/l.wasm" };
    expect(readWebLlmAddress(`web-llm:mine?${new URLSearchParams(files)}`)).toEqual({ id: "mine", files });
  });
  for (const [address, message] of [
    ["web-llm:", /expected an id/],
    ["web-llm:mine?model=https://a.example/", /weights but no library/],
    ["web-llm:mine?lib=https://a.example/l.wasm", /a library but no weights/],
  ] as const) {
    test(`${address} is refused`, () => {
      expect(() => readWebLlmAddress(address)).toThrow(
        expect.objectContaining({ name: "InputError", message: expect.stringMatching(message) }),
      );
    });
  }
});
