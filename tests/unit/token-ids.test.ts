/** Real tokenizers and chat templates give the ids that their own libraries give: scripts/fixtures/token_ids.py. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createChatTemplate } from "../../src/engine/chat-template.ts";
import type { Message } from "../../src/engine/engine.ts";
import { createFramedTokenizer, createTokenizer, type Tokenizer } from "../../src/engine/tokenizer.ts";
import { givenPaths, readGiven } from "../support/given-files.ts";

interface Table {
  readonly strings: readonly string[];
  readonly framedLimit: number;
  readonly tokenizers: Readonly<Record<string, Expected>>;
  readonly chats: readonly (readonly Message[])[];
  readonly templates: Readonly<Record<string, ExpectedChats>>;
}

interface Expected {
  readonly plain: readonly (readonly number[])[];
  /** Null: as plain. */
  readonly template: readonly (readonly number[] | null)[];
  readonly framed?: readonly (readonly number[])[];
}

type ExpectedChats = Readonly<Record<"thinking" | "notThinking", readonly (readonly number[])[]>>;

const table: Table = JSON.parse(readFileSync(new URL("../fixtures/token-ids.json", import.meta.url), "utf8"));
const given = Object.keys(table.tokenizers).filter(
  (name) => givenPaths(`tokenizers/${name}/tokenizer.json`).length > 0,
);

async function read(name: string, file: string) {
  const path = `tokenizers/${name}/${file}`;
  if (givenPaths(path).length === 0) return {};
  return JSON.parse(new TextDecoder().decode(await readGiven(path)));
}

type Tokenizers = Readonly<Record<"file" | "config", object>> & { readonly tokenizer: Tokenizer };
const opened = new Map<string, Promise<Tokenizers>>();

/** A real one takes seconds to build. */
function open(name: string): Promise<Tokenizers> {
  const known = opened.get(name) ?? build(name);
  opened.set(name, known);
  return known;
}

async function build(name: string): Promise<Tokenizers> {
  const file = await read(name, "tokenizer.json");
  const config = await read(name, "tokenizer_config.json");
  return { file, config, tokenizer: createTokenizer(file, config) };
}

describe("ids of the tokenizers' own libraries", () => {
  it("the table holds four tokenizers and every kind of string", () => {
    expect(Object.keys(table.tokenizers)).toEqual(["minilm", "qwen2.5", "qwen3", "smollm2"]);
    expect(Object.keys(table.templates)).toEqual(["qwen2.5", "qwen3"]);
    expect(table.strings.length).toBeGreaterThan(50);
  });

  if (given.length === 0) {
    console.warn("ids of the tokenizers' own libraries: not run, data absent");
    it.skip("real tokenizers (not run: data absent)", () => {});
  }

  it.each(given)("%s", async (name) => {
    const expected = table.tokenizers[name]!;
    const { file, config, tokenizer } = await open(name);
    const got = table.strings.map((text) => ({
      text,
      plain: tokenizer.plain(text),
      template: tokenizer.template(text),
    }));
    const wanted = table.strings.map((text, i) => ({
      text,
      plain: expected.plain[i],
      template: expected.template[i] ?? expected.plain[i],
    }));
    expect(got).toEqual(wanted);
    if (!expected.framed) {
      // A decoder's: what it is given comes back, as its normaliser writes it.
      const back = table.strings.map((text) => tokenizer.decode(tokenizer.plain(text)));
      const nfc = JSON.stringify((file as { normalizer?: unknown }).normalizer)?.includes("NFC");
      expect(back).toEqual(table.strings.map((text) => (nfc ? text.normalize("NFC") : text)));
      return;
    }
    const framed = createFramedTokenizer(file, config);
    const frames = table.strings.map((text) => ({ text, ids: framed(text, table.framedLimit) }));
    expect(frames).toEqual(table.strings.map((text, i) => ({ text, ids: expected.framed![i] })));
  });

  it.each(given.filter((name) => name in table.templates))("%s, conversations", async (name) => {
    const { config, tokenizer } = await open(name);
    const { chat_template } = config as { chat_template: string };
    const template = createChatTemplate(chat_template, {}, tokenizer);
    const { thinking, notThinking } = table.templates[name]!;
    expect(table.chats.map((chat) => template.compose(chat))).toEqual(thinking);
    expect(table.chats.map((chat) => template.compose(chat, { thinking: false }))).toEqual(notThinking);
    expect(template.thinking).toBe(name === "qwen3" ? "optional" : undefined);
    expect(template.endIds).toEqual([tokenizer.idOf("<|im_end|>")]);
  });
});
