import { describe, expect, it } from "vitest";
import { readOptions } from "../../src/app/options.ts";

const BASE = "https://example.org/demo/";

describe("readOptions", () => {
  it("loads the embedded model from beside the page when nothing is said", () => {
    expect(readOptions("", BASE)).toEqual({
      backend: "auto",
      modelUrl: "https://example.org/demo/models/embedded/",
      bankName: "web-lag",
    });
  });

  it("takes backend, model folder and bank from the address", () => {
    expect(readOptions("?backend=wasm&model=models/other&bank=b2", BASE)).toEqual({
      backend: "wasm",
      modelUrl: "https://example.org/demo/models/other/",
      bankName: "b2",
    });
  });

  it("refuses a backend that does not exist", () => {
    expect(() => readOptions("?backend=cuda", BASE)).toThrow(/backend=cuda .* auto, webgpu, wasm/);
  });

  it("refuses a model on another origin", () => {
    expect(() => readOptions("?model=https://elsewhere.org/m/", BASE)).toThrow(/another origin/);
  });
});
