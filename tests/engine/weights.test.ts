/**
 * A model folder with weights in two precisions, loaded as a page loads it, on wasm: what a graph of 16 bits keeps and
 * computes, and how a GPU that cannot be had after all ends on the weights in 32 bits.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { type EngineProgress, type LoadEngineOptions, loadEngine } from "../../src/engine/load-engine.ts";
import { largestDifference } from "../support/compare.ts";
import { tinyFolder, withDecoder } from "../support/open.ts";
import { TINY } from "../support/tiny-model.ts";
import { FLOAT16, FLOAT32, speakerFolder } from "../support/tiny-speaker.ts";

const IDS = Array.from({ length: 40 }, (_, i) => (i * 37 + 5) % TINY.vocab);

/** A WebGPU whose adapter has these features and gives no device. */
function stubGpu(features: readonly string[], onRequest = () => {}): void {
  const requestDevice = async () => {
    onRequest();
    throw new Error("out of luck");
  };
  const adapter = { features: new Set(features), limits: {}, requestDevice };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
}

afterEach(() => vi.unstubAllGlobals());

describe("weights in 16 bits", () => {
  it("keep 16-bit rows, and compute what the same weights compute in 32", async () => {
    const run = (dtype: "float32" | "float16") =>
      withDecoder(tinyFolder({ ...TINY, dtype }), "wasm", async (decoder) => {
        const logits = await decoder.run(IDS, "all");
        return { logits, dtype: decoder.dtype, slice: await decoder.take(3, 30) };
      });
    const [whole, half] = [await run("float32"), await run("float16")];
    expect([whole.dtype, half.dtype]).toEqual(["float32", "float16"]);
    expect(whole.slice.keys).toBeInstanceOf(Float32Array);
    expect(half.slice.keys).toBeInstanceOf(Uint16Array);
    expect(half.slice.keys.byteLength).toBe(whole.slice.keys.byteLength / 2);
    const difference = largestDifference(half.logits, whole.logits);
    expect(difference).toBeLessThanOrEqual(3e-2);
    expect(difference).toBeGreaterThan(0);
    // The logits are of a size beside which that is little.
    expect(Math.max(...whole.logits.map(Math.abs))).toBeGreaterThan(1);
  });
});

describe("a folder with two precisions", () => {
  const engines: Engine[] = [];
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.dispose();
  });

  /** Loads it, and lists the files of weights that were fetched. */
  async function load(options: Omit<LoadEngineOptions, "modelUrl" | "fetch">) {
    const folder = speakerFolder({ float16: true });
    const engine = await loadEngine({ ...folder, ...options });
    engines.push(engine);
    const fetched = folder.asked.filter((file) => file.endsWith(".onnx"));
    return { engine, fetched, asked: folder.asked };
  }

  it("runs in 32 bits on wasm, whatever the adapter can", async () => {
    stubGpu(["shader-f16"]);
    const { engine, fetched } = await load({ backend: "wasm" });
    expect(engine).toMatchObject({ backend: "wasm", notices: [], model: { dtype: "float32" } });
    expect(fetched).toEqual([FLOAT32]);
  });

  it("runs in 32 bits where the adapter lacks shader-f16", async () => {
    stubGpu([]);
    const { engine, fetched } = await load({ backend: "auto" });
    expect(engine.model.dtype).toBe("float32");
    expect(engine.notices).toEqual([expect.stringMatching(/out of luck/), expect.stringMatching(/on wasm/)]);
    expect(fetched).toEqual([FLOAT32]);
  });

  it("runs in 16 bits when that file is asked for by name, as another model", async () => {
    const { engine: half, fetched } = await load({ backend: "wasm", weights: FLOAT16 });
    expect(half.model.dtype).toBe("float16");
    expect(fetched).toEqual([FLOAT16]);
    const { engine: whole } = await load({ backend: "wasm" });
    expect(half.model.fingerprint).not.toBe(whole.model.fingerprint);
    expect(half.model.weightBytes).toBeLessThan(whole.model.weightBytes);
    expect(await half.encode([5, 6, 7], 0, 3)).toMatchObject({ dtype: "float16", tokens: 3 });
  });

  it("falls back to 32 bits on wasm, with each file fetched once and progress that only grows", async () => {
    stubGpu(["shader-f16"]);
    const steps: EngineProgress[] = [];
    const { engine, fetched, asked } = await load({
      backend: "auto",
      onProgress: (step) => steps.push(step),
    });
    expect(engine.backend).toBe("wasm");
    expect(fetched).toEqual([FLOAT16, FLOAT32]);
    expect(new Set(asked).size).toBe(asked.length);
    expect(engine.notices).toEqual([
      expect.stringMatching(/^The float16 weights \(onnx\/model_fp16\.onnx\) were not used: .*out of luck/),
      expect.stringMatching(/out of luck/),
      expect.stringMatching(/^Running on wasm/),
    ]);
    for (const values of [steps.map(({ progress }) => progress), steps.map(({ loaded }) => loaded)]) {
      expect(values).toEqual([...values].sort((a, b) => a - b));
    }
    expect(steps.at(-1)).toMatchObject({ phase: "ready", progress: 1 });
    expect(steps.at(-1)!.loaded).toBe(steps.at(-1)!.total);

    const { engine: plain } = await load({ backend: "wasm" });
    expect(engine.model).toEqual(plain.model);
  });

  it("says of both what is wrong where webgpu was asked for", async () => {
    stubGpu(["shader-f16"]);
    await expect(load({ backend: "webgpu" })).rejects.toThrow(
      expect.objectContaining({
        name: "GpuUnavailableError",
        message: expect.stringMatching(
          /^The float16 weights .*taken instead\. The GPU adapter .*luck.*wasm/s,
        ),
      }),
    );
  });

  it("is not fetched on when loading is stopped between the two", async () => {
    const control = new AbortController();
    stubGpu(["shader-f16"], () => control.abort());
    const folder = speakerFolder({ float16: true });
    await expect(loadEngine({ ...folder, backend: "auto", signal: control.signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    expect(folder.asked.filter((file) => file.endsWith(".onnx"))).toEqual([FLOAT16]);
  });
});
