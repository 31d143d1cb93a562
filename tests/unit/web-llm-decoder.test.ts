/** A WebLLM model as a Decoder: what it asks of the library, what it refuses. */
import { describe, expect, test } from "vitest";
import type { Bridge } from "../../src/engine/webllm/bridge.ts";
import type { MlcEngine } from "../../src/engine/webllm/library.ts";
import { createLogitsTap } from "../../src/engine/webllm/logits-tap.ts";
import { WebLlmDecoder } from "../../src/engine/webllm/web-llm-decoder.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { rowsOf } from "../../src/terms/kv-shape.ts";
import { seededSlice } from "../support/kv-rows.ts";

const shape = { layers: 1, kvHeads: 2, headDim: 4 };

function open({ refused, fails }: { refused?: string; fails?: string } = {}) {
  const calls: string[] = [];
  const tap = createLogitsTap();
  const engine = {
    async forwardTokensAndSample(ids: number[], prefill: boolean) {
      calls.push(`${prefill ? "prefill" : "decode"} ${ids}`);
      if (fails) throw new DOMException("gone.", fails);
      const shown = Float32Array.from({ length: 10 }, (_, i) => (i === ids.at(-1) ? 1 : 0));
      tap.processor.processLogits(shown);
      // The library goes on with its array.
      shown.fill(-1);
      return 0;
    },
    async resetChat() {
      calls.push("reset");
    },
    async unload() {
      calls.push("unload");
    },
  } as unknown as MlcEngine;
  const method = {
    name: "pages" as const,
    async place(slices: readonly KvSlice[]) {
      calls.push(`place ${rowsOf(slices)}`);
    },
    async take(from: number, to: number) {
      calls.push(`take ${from} ${to}`);
      return seededSlice(shape, "float32", to - from, 1);
    },
  };
  const bridge = { drop: (rows: number) => calls.push(`drop ${rows}`) } as unknown as Bridge;
  const geometry = { shape, dtype: "float32" as const, heads: 2 };
  const rows = refused === undefined ? { bridge, geometry, method } : { refused };
  return { calls, decoder: new WebLlmDecoder({ engine, tap, vocabSize: 10, capacity: 16, rows }) };
}

const slice = (tokens: number) => seededSlice(shape, "float32", tokens, 3);

describe("web-llm decoder", () => {
  test("empties the cache once, before its next use, then places rows and runs tokens behind them", async () => {
    const { decoder, calls } = open();
    decoder.clear();
    decoder.clear();
    await decoder.place([slice(3), slice(2)]);
    const logits = await decoder.run([4, 7]);
    expect(calls).toEqual(["reset", "place 5", "prefill 4,7"]);
    expect(Array.from(logits)).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(decoder.length).toBe(7);
    await decoder.truncate(6);
    await decoder.take(1, 6);
    expect(calls.slice(3)).toEqual(["drop 1", "take 1 6"]);
  });

  test("logits of all tokens come one by one", async () => {
    const { decoder, calls } = open();
    const logits = await decoder.run([1, 2], "all");
    expect(calls).toEqual(["reset", "decode 1", "decode 2"]);
    expect([logits.length, logits[1], logits[12]]).toEqual([20, 1, 1]);
  });

  test("a prompt whose logits nobody wants runs as a whole, and none of them are handed on", async () => {
    const { decoder, calls } = open();
    expect((await decoder.run([1, 2, 3], "none")).length).toBe(0);
    expect([decoder.length, ...calls]).toEqual([3, "reset", "prefill 1,2,3"]);
  });

  test("nothing that does not fit reaches the library, which would end on it", async () => {
    const { decoder, calls } = open();
    await decoder.run([1, 2, 3]);
    calls.length = 0;
    await expect(decoder.place([slice(14)])).rejects.toMatchObject({ name: "ContextFullError" });
    await expect(decoder.run(Array.from({ length: 14 }, () => 1))).rejects.toMatchObject({
      name: "ContextFullError",
    });
    await expect(decoder.run([10])).rejects.toMatchObject({ name: "KvShapeError" });
    await expect(
      decoder.place([seededSlice({ ...shape, headDim: 8 }, "float32", 1, 1)]),
    ).rejects.toMatchObject({
      name: "KvShapeError",
    });
    await expect(decoder.take(0, 4)).rejects.toMatchObject({ name: "KvShapeError" });
    await expect(decoder.truncate(4)).rejects.toMatchObject({ name: "KvShapeError" });
    expect(() => decoder.clear(3)).toThrow(expect.objectContaining({ name: "KvShapeError" }));
    expect(calls).toEqual([]);
  });

  test("without rows it runs text, and says why it carries none", async () => {
    const { decoder } = open({ refused: "a self-test that failed" });
    await decoder.run([1, 2]);
    expect([decoder.noRows, decoder.shape.layers]).toEqual(["a self-test that failed", 0]);
    await expect(decoder.take(0, 1)).rejects.toMatchObject({
      name: "ModelUnsupportedError",
      message: expect.stringContaining("a self-test that failed"),
    });
    await expect(decoder.place([slice(1)])).rejects.toMatchObject({ name: "ModelUnsupportedError" });
  });

  test.each([
    ["AbortError", "GpuLostError"],
    ["OperationError", "GpuLostError"],
    ["ModelNotLoadedError", "GpuLostError"],
    ["ShaderF16SupportError", "ShaderF16SupportError"],
  ])("a pass that ends with %s is told as %s", async (fails, name) => {
    await expect(open({ fails }).decoder.run([1, 2])).rejects.toMatchObject({ name });
  });

  test("a library that shows no logits is named", () => {
    expect(() => createLogitsTap().take()).toThrow(
      expect.objectContaining({ name: "ModelUnsupportedError" }),
    );
  });
});
