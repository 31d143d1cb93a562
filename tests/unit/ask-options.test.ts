import { describe, expect, it } from "vitest";
import { readCommand } from "../../scripts/lib/ask-options.ts";

describe("the command line of npm run ask", () => {
  it("needs only a question", () => {
    expect(readCommand(["Who?"])).toEqual({
      question: "Who?",
      mode: "kv",
      placement: "front",
      recording: "re-encode",
      limits: {},
      retrieval: {},
      backend: "auto",
      thoughts: "drop",
      json: false,
    });
  });

  it("takes every option, before or after the question", () => {
    const limited = ["--kind", "reasoning", "--logs-per-step", "0", "--documents-per-step", "1"];
    const longer = ["--max-steps", "12", "--max-new-tokens=2000"];
    const options = ["--corpus", "c.jsonl", "--mode", "none", "--backend=wasm", "--profile", "p", "--json"];
    const found = ["--retrieval", "fused,lexical", "--fusion", "1,2", "--embedder", "models/mine"];
    found.push("--vectors", "int8", "--thoughts", "off");
    const laidOut = ["--placement", "sink-first", "--recording", "live"];
    options.push(...limited, ...longer, ...found, ...laidOut);
    const expected = {
      corpus: "c.jsonl",
      mode: "none",
      placement: "sink-first",
      recording: "live",
      limits: { kind: "reasoning", logsPerStep: 0, documentsPerStep: 1, maxSteps: 12, maxNewTokens: 2000 },
      retrieval: { retrieval: "fused,lexical", fusion: "1,2", embedder: "models/mine", vectors: "int8" },
      backend: "wasm",
      thoughts: "off",
      profile: "p",
      json: true,
    };
    expect(readCommand(["Who?", ...options])).toEqual({ question: "Who?", ...expected });
    expect(readCommand([...options, "Who?"])).toEqual({ question: "Who?", ...expected });
  });

  it.each([
    [[], /No question/],
    [[" "], /No question/],
    [["Who", "is it?"], /2 questions .* quotes/],
    [["Who?", "--mode", "kvv"], /--mode is "kvv", expected one of none, text-last, text-all, kv, /],
    [["Who?", "--placement", "behind"], /--placement is "behind", expected one of front, sink-first/],
    [["Who?", "--recording", "dead"], /--recording is "dead", expected one of re-encode, live/],
    [["Who?", "--backend", "cuda"], /--backend is "cuda", expected one of auto, webgpu, wasm/],
    [["Who?", "--profil", "x"], /--profil/],
    [["Who?", "--retrieval", "near"], /"near", expected one of lexical, dense, fused/],
    [["Who?", "--fusion", "1,2"], /nothing is found by fused/],
    [["Who?", "--kind", "maths"], /--kind is "maths", expected one of knowledge, reasoning/],
    [["Who?", "--max-steps", "few"], /--max-steps few is no count/],
    [["Who?", "--max-steps", "0"], /maxSteps is 0, expected a whole number from 1 to 64/],
    [["Who?", "--kind", "reasoning", "--corpus", "c"], /c would not be read: such a task brings 0 documents/],
    [
      ["Who?", "--documents-per-step", "0", "--corpus", "c"],
      /c would not be read: such a task brings 0 documents/,
    ],
    [["Who?", "--corpus"], /--corpus/],
  ])("refuses %j and shows how it is used", (args, message) => {
    expect(() => readCommand(args)).toThrow(message);
    expect(() => readCommand(args)).toThrow(/npm run ask -- "question" \[options\]/);
  });
});
