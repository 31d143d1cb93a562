/** Training and runtime make the same token ids: prompts and traces that the training package wrote down. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { instructionFor } from "../../src/compose/instruction.ts";
import { kv } from "../../src/compose/modes/kv.ts";
import { kvAll } from "../../src/compose/modes/kv-all.ts";
import { idsKept } from "../../src/compose/modes/mode.ts";
import { userMessage } from "../../src/compose/user-message.ts";
import { createChatTemplate } from "../../src/engine/chat-template.ts";
import { createTokenizer } from "../../src/engine/tokenizer.ts";
import { traceTokens } from "../../src/record/trace-tokens.ts";
import type { Document } from "../../src/terms/document.ts";
import { textTokenizer } from "../support/text-tokenizer.ts";

interface Composed {
  readonly instruction: string;
  readonly steps: readonly (readonly Document[])[];
  readonly question: string;
  readonly message: string;
  readonly ids: readonly number[];
}

interface Responses {
  readonly responses: readonly string[];
  readonly ids_all: readonly number[];
  readonly ids_last: readonly number[];
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const prompts: readonly Composed[] = read("tests/fixtures/composed.json");
const traces: readonly Responses[] = read("tests/fixtures/responses.json");
const config = read("public/models/embedded/tokenizer_config.json");
const tokenizer = createTokenizer(read("public/models/embedded/tokenizer.json"), config);
const template = createChatTemplate(config.chat_template, config, tokenizer);

describe("prompts of the training package", () => {
  it("there are some, with and without documents, and with text that spells control tokens", () => {
    expect(prompts.length).toBeGreaterThanOrEqual(6);
    expect(prompts.some(({ steps }) => steps.length > 1 && steps.some((group) => group.length > 0))).toBe(
      true,
    );
    expect(prompts.some(({ message }) => message.includes("<|"))).toBe(true);
  });

  it.each(prompts)("$question", ({ instruction, steps, question, message, ids }) => {
    expect(instructionFor({ instruction: "short" }, "knowledge")).toBe(instruction);
    expect(userMessage({ instruction, groups: steps, question })).toBe(message);
    expect(template.compose([{ role: "user", content: message }])).toEqual(ids);
  });
});

describe("traces of the training package", () => {
  it("there are some of several responses", () => {
    expect(traces.filter(({ responses }) => responses.length > 1).length).toBeGreaterThanOrEqual(2);
  });

  it.each(traces)("$responses.0", ({ responses, ids_all, ids_last }) => {
    const trace = traceTokens(responses, textTokenizer(tokenizer));
    expect(idsKept(kvAll.encoding, trace)).toEqual(ids_all);
    expect(idsKept(kv.encoding, trace)).toEqual(ids_last);
    expect(kv.encoding.span(trace).ids).toEqual(ids_all);
  });
});
