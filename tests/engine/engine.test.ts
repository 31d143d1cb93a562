/** The whole Engine over the embedded model, as a page gets it: composed prompts, generation, encoding. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { type EngineProgress, loadEngine } from "../../src/engine/load-engine.ts";
import composed from "../fixtures/composed.json" with { type: "json" };
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";

const OPTIONS = {
  modelUrl: projectUrl("public/models/embedded"),
  backend: "wasm",
  fetch: diskFetch,
} as const;

describe("engine", () => {
  let engine: Engine;
  const progress: EngineProgress[] = [];

  beforeAll(async () => {
    engine = await loadEngine({ ...OPTIONS, onProgress: (step) => progress.push(step) });
  });
  afterAll(() => engine?.dispose());

  it("says what it loaded", () => {
    expect(engine.backend).toBe("wasm");
    expect(engine.notices).toEqual([]);
    expect(engine.model).toMatchObject({
      name: "embedded",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      contextLength: 3072,
      dtype: "float32",
    });
    expect(engine.model.maxNewTokens).toBeGreaterThan(0);
    expect(engine.model.weightBytes).toBeGreaterThan(1e6);
  });

  it("reports progress that only grows, in phases", () => {
    const values = progress.map(({ progress }) => progress);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual([
      "fetch",
      "compile",
      "self-test",
      "ready",
    ]);
    expect(progress.at(-1)).toMatchObject({ phase: "ready", progress: 1 });
    expect(progress.at(-1)!.loaded).toBe(progress.at(-1)!.total);
    expect(progress.at(-1)!.loaded).toBeGreaterThan(engine.model.weightBytes);
  });

  it.each(composed)("composes the prompt that training composed: $question", ({ message, ids }) => {
    expect(engine.composeChat([{ role: "user", content: message }])).toEqual(ids);
  });

  it("generates the same text greedily, streamed and whole", async () => {
    const ids = composed[0]!.ids;
    const pieces: string[] = [];
    const first = await engine.generate({
      prefix: [],
      ids,
      maxNewTokens: 8,
      onText: (text) => pieces.push(text),
    });
    const second = await engine.generate({ prefix: [], ids, maxNewTokens: 8 });
    expect(second.ids).toEqual(first.ids);
    expect(pieces.join("")).toBe(first.text);
    expect(first.text).not.toContain("<|");
    expect(first.timings.total).toBeGreaterThanOrEqual(first.timings.firstToken);
  });

  it("rows of a log in front change what is said next, and go with the request", async () => {
    const ids = composed[0]!.ids;
    const words = engine.tokenize("\n\nThe place of death of Mei Lanfang is Peking. <ans> Peking </ans>\n\n");
    const slice = await engine.encode(words, 1, words.length);
    expect(slice).toMatchObject({ tokens: words.length - 1, shape: engine.model.shape, dtype: "float32" });
    // Drawn almost freely: a model that knows what an unrelated log is worth would say the same greedily.
    const drawn = { ids: ids.slice(-24), maxNewTokens: 12, sampling: { temperature: 5, seed: 7 } };
    const plain = await engine.generate({ ...drawn, prefix: [] });
    const behind = await engine.generate({ ...drawn, prefix: [slice] });
    const again = await engine.generate({ ...drawn, prefix: [] });
    expect(behind.ids).not.toEqual(plain.ids);
    expect(again.ids).toEqual(plain.ids);
  });

  it("stops when it is told to, and answers the next question", async () => {
    const control = new AbortController();
    const ids = composed[0]!.ids;
    const stopped = engine.generate({
      prefix: [],
      ids,
      maxNewTokens: 1000,
      sampling: { temperature: 5, seed: 1 },
      signal: control.signal,
      onText: () => control.abort(),
    });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect((await engine.generate({ prefix: [], ids, maxNewTokens: 2 })).ids.length).toBeGreaterThan(0);
  });

  it("webgpu where there is none is an error, auto says that it runs on wasm", async () => {
    await expect(loadEngine({ ...OPTIONS, backend: "webgpu" })).rejects.toThrow(
      expect.objectContaining({
        name: "GpuUnavailableError",
        message: expect.stringContaining("no WebGPU here"),
      }),
    );
    const auto = await loadEngine({ ...OPTIONS, backend: "auto", capacity: 64 });
    expect(auto.backend).toBe("wasm");
    expect(auto.notices.join(" ")).toMatch(/no WebGPU here.*Running on wasm/);
    expect(auto.model.fingerprint).toBe(engine.model.fingerprint);
    await auto.dispose();
  });
});
