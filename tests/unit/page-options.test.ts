import { describe, expect, it } from "vitest";
import { readOptions } from "../../src/app/options.ts";

const BASE = "https://example.org/demo/";

describe("readOptions", () => {
  it("loads the embedded model from beside the page when nothing is said", () => {
    expect(readOptions("", BASE)).toEqual({
      backend: "auto",
      modelUrl: "https://example.org/demo/models/embedded/",
      bankName: "web-lag",
      retrieval: { logs: "lexical", documents: "lexical", weights: { lexical: 1, dense: 1 } },
      embedderUrl: "https://example.org/demo/models/embedded-retriever/",
      thoughts: "drop",
      anyMemory: true,
    });
  });

  it("takes the numbers of vectors, and what becomes of thoughts", () => {
    const options = readOptions("?retrieval=dense&vectors=int8&thoughts=off", BASE);
    expect(options).toMatchObject({ retrieval: { vectors: "int8" }, thoughts: "off" });
    expect(() => readOptions("?thoughts=none", BASE)).toThrow(
      /thoughts is "none", expected one of drop, keep/,
    );
    expect(() => readOptions("?vectors=int8", BASE)).toThrow(/nothing is found by vectors/);
  });

  it("takes backend, model folder and bank from the address", () => {
    expect(readOptions("?backend=wasm&model=models/other&bank=b2", BASE)).toMatchObject({
      backend: "wasm",
      modelUrl: "https://example.org/demo/models/other/",
      bankName: "b2",
    });
  });

  it("takes a WebLLM model by its address, and refuses one that names none", () => {
    expect(readOptions("?model=web-llm:Llama-3.2-1B-Instruct-q4f16_1-MLC", BASE).modelUrl).toBe(
      "web-llm:Llama-3.2-1B-Instruct-q4f16_1-MLC",
    );
    expect(() => readOptions("?model=web-llm:", BASE)).toThrow(/expected an id behind web-llm:/);
  });

  it("takes a model that this browser keeps, by its key", () => {
    expect(readOptions("?stored=0a1b", BASE).model).toEqual({ stored: "0a1b" });
    expect(readOptions("?stored=", BASE)).not.toHaveProperty("model");
  });

  it("takes retrieval, its weights and its embedder from the address", () => {
    const search = "?retrieval=fused,lexical&fusion=1,2&embedder=models/mine";
    expect(readOptions(search, BASE)).toMatchObject({
      retrieval: { logs: "fused", documents: "lexical", weights: { lexical: 1, dense: 2 } },
      embedderUrl: "https://example.org/demo/models/mine/",
    });
    expect(readOptions("?embedder=hub:owner/name", BASE).embedder).toBe("owner/name");
    expect(readOptions("?embedder=stored:0a1b", BASE).embedder).toEqual({ stored: "0a1b" });
    expect(() => readOptions("?embedder=https://other.test/x", BASE)).toThrow(/another origin/);
    expect(() => readOptions("?retrieval=near", BASE)).toThrow(/"near".*lexical, dense, fused/);
    expect(() => readOptions("?fusion=1,2", BASE)).toThrow(/fused/);
  });

  it("refuses a backend that does not exist", () => {
    expect(() => readOptions("?backend=cuda", BASE)).toThrow(/backend=cuda .* auto, webgpu, wasm/);
  });

  it("refuses a model on another origin", () => {
    expect(() => readOptions("?model=https://elsewhere.org/m/", BASE)).toThrow(/^model=.* another origin/);
    expect(() => readOptions("?embedder=https://elsewhere.org/m/", BASE)).toThrow(
      /^embedder=.* another origin/,
    );
  });
});
