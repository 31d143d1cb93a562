/** The token ids of what was said. */
import { describe, expect, it } from "vitest";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import { traceTokens } from "../../src/record/trace-tokens.ts";
import { CHARS, textOf } from "../../src/testing/scripted-engine.ts";

describe("trace-tokens", () => {
  it("every response brings its own blank line", () => {
    const { responses, responseIds } = traceTokens(["One.", "Two, more."], CHARS);
    expect(responses).toEqual(["One.", "Two, more."]);
    expect(responseIds.map(textOf)).toEqual(["One.\n\n", "Two, more.\n\n"]);
  });

  it("tokenises each response on its own, never the joined text", () => {
    const asked: string[] = [];
    const greedy = (text: string) => {
      asked.push(text);
      return [text.length];
    };
    const trace = traceTokens(["One.", "Two."], { tokenize: greedy, decode: () => "" });
    expect(PROMPT_MODES.kv.encoding!.span(trace)).toEqual({ ids: [2, 6, 6], from: 2, to: 3 });
    expect(asked.toSorted()).toEqual(["\n\n", "One.\n\n", "Two.\n\n"]);
  });
});
