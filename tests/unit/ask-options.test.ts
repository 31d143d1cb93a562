import { describe, expect, it } from "vitest";
import { readCommand } from "../../scripts/lib/ask-options.ts";

describe("the command line of npm run ask", () => {
  it("needs only a question", () => {
    expect(readCommand(["Who?"])).toEqual({ question: "Who?", mode: "kv", backend: "auto", json: false });
  });

  it("takes every option, before or after the question", () => {
    const options = ["--corpus", "c.jsonl", "--mode", "none", "--backend=wasm", "--profile", "p", "--json"];
    const expected = { corpus: "c.jsonl", mode: "none", backend: "wasm", profile: "p", json: true };
    expect(readCommand(["Who?", ...options])).toEqual({ question: "Who?", ...expected });
    expect(readCommand([...options, "Who?"])).toEqual({ question: "Who?", ...expected });
  });

  it.each([
    [[], /No question/],
    [[" "], /No question/],
    [["Who", "is it?"], /2 questions .* quotes/],
    [["Who?", "--mode", "kvv"], /--mode is "kvv", expected one of none, text-last, text-all, kv, /],
    [["Who?", "--backend", "cuda"], /--backend is "cuda", expected one of auto, webgpu, wasm/],
    [["Who?", "--profil", "x"], /--profil/],
    [["Who?", "--corpus"], /--corpus/],
  ])("refuses %j and shows how it is used", (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
    expect(() => readCommand(args)).toThrow(/npm run ask -- "question" \[options\]/);
  });
});
