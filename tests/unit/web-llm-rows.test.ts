/** How WebLLM's rows are opened: what the self-test accepts, and every way in which logs end as text. */
import { describe, expect, test } from "vitest";
import type { Bridge } from "../../src/engine/webllm/bridge.ts";
import { readChatConfig } from "../../src/engine/webllm/chat-config.ts";
import { openRows } from "../../src/engine/webllm/open-rows.ts";
import type { RowsMethod, RowsMethodName } from "../../src/engine/webllm/rows-method.ts";
import { testRows } from "../../src/engine/webllm/rows-self-test.ts";
import { verdictKey } from "../../src/engine/webllm/verdicts.ts";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { emptySlice } from "../../src/kernels/stored-rows.ts";
import { AbortError } from "../../src/terms/errors.ts";
import { type KvSlice, rowsOf } from "../../src/terms/kv-shape.ts";
import { FUNCTIONS, fakeWebLlm, MODEL_ID, QWEN2_METADATA } from "../support/fake-web-llm.ts";
import { chatConfig } from "../support/web-llm-config.ts";

const geometry = {
  shape: { layers: 1, kvHeads: 1, headDim: 2 },
  dtype: "float32" as const,
  heads: 1,
};
const table = createRotaryTable({ headDim: 2, theta: 10, positions: 64 });

/**
 * A model of one number a token: the cache holds a row for each, and logits depend on all of them. `race`: half of what
 * came before is lost where its attention is run behind others, as a merge without its barrier loses some.
 */
function toyModel({ race = false } = {}) {
  let cache: number[] = [];
  let attended = 0;
  const forward = async (ids: readonly number[]): Promise<Float32Array> => {
    const sum = [...cache, ...ids.map(rowOf)].reduce((total, x, at) => total + x * Math.cos(at), 0);
    cache.push(...ids.map(rowOf));
    return Float32Array.from({ length: 8 }, (_, i) => Math.sin(sum + i));
  };
  const bridge = {
    gpu: {},
    get length() {
      return cache.length;
    },
    reset: () => {
      cache = [];
      attended = 0;
    },
    // One head of two numbers, which sums up the values so far.
    async attend(tokens: number, _layout: unknown, bytes: Uint8Array<ArrayBuffer>) {
      const fused = new Float32Array(bytes.buffer, bytes.byteOffset, tokens * 6);
      let sum = race ? attended / 2 : attended;
      const out = Float32Array.from({ length: tokens * 2 }, (_, i) => {
        if (i % 2 === 0) sum += fused[(i / 2) * 6 + 4]!;
        return sum;
      });
      attended = sum;
      return new Uint8Array(out.buffer);
    },
  } as unknown as Bridge;
  const method = (name: RowsMethodName, fault: "none" | "values" | "shift" = "none"): RowsMethod => ({
    name,
    async place(slices) {
      for (const slice of slices) {
        for (let token = 0; token < slice.tokens; token++) cache.push(slice.keys[2 * token]!);
      }
      // Lies only to the model: what is read back is what was given.
      placed = rowsOf(slices) > 0 ? slices[0] : undefined;
      if (fault === "shift") cache = cache.map((_, at) => cache[at + 1] ?? 0);
    },
    async take(from, to) {
      if (placed) {
        const lying = { ...placed, values: placed.values.slice() };
        if (fault === "values") lying.values[3] = 9;
        placed = undefined;
        return lying;
      }
      const slice = emptySlice(geometry.shape, "float32", to - from);
      for (let at = from; at < to; at++) slice.keys[2 * (at - from)] = cache[at]!;
      return slice;
    },
  });
  let placed: KvSlice | undefined;
  return { forward, bridge, method };
}

const rowOf = (id: number) => Math.sin(id);

function run(
  names: readonly (readonly [RowsMethodName, Parameters<ReturnType<typeof toyModel>["method"]>[1]])[],
  race = false,
) {
  const { forward, bridge, method } = toyModel({ race });
  const methods = names.map(([name, fault]) => method(name, fault));
  return testRows({ bridge, geometry, table, methods, fused: method("fused"), vocabSize: 1000, forward });
}

describe("web-llm self-test", () => {
  test("takes the first way whose rows are the engine's own", async () => {
    const verdict = await run([
      ["pages", "none"],
      ["fused", "none"],
    ]);
    expect(verdict).toMatchObject({ method: "pages", race: false });
    expect(verdict.shares!.parts).toBeLessThan(1e-6);
    expect(verdict.shares!.rows).toBeLessThan(1e-6);
  });

  test("passes a way over that reads other numbers than were written, and says so", async () => {
    const verdict = await run([
      ["pages", "values"],
      ["fused", "none"],
    ]);
    expect(verdict.method).toBe("fused");
    expect(verdict.reasons.join(" ")).toMatch(/"pages" was passed over: where it reads its own rows/);
  });

  test("passes a way over whose rows change the logits, though they read back rightly", async () => {
    const verdict = await run([
      ["pages", "shift"],
      ["fused", "none"],
    ]);
    expect(verdict.method).toBe("fused");
    expect(verdict.reasons.join(" ")).toMatch(/"pages" was passed over: logits behind its rows differ/);
  });

  test("finds the race of the engine's own attention, without any row placed", async () => {
    const verdict = await run([["pages", "none"]], true);
    expect(verdict).toMatchObject({ method: null, race: true });
    expect(verdict.shares!.parts).toBeGreaterThan(0.1);
  });

  test("with no way left there is none", async () => {
    const verdict = await run([
      ["pages", "values"],
      ["fused", "shift"],
    ]);
    expect(verdict).toMatchObject({ method: null, race: false });
    expect(verdict.reasons.filter((reason) => reason.includes("was passed over"))).toHaveLength(2);
  });

  test("logits that are no numbers pass nothing", async () => {
    const { bridge, method } = toyModel();
    const forward = async () => Float32Array.from({ length: 8 }, () => Number.NaN);
    const methods = [method("pages")];
    const verdict = await testRows({
      bridge,
      geometry,
      table,
      methods,
      fused: methods[0]!,
      vocabSize: 9,
      forward,
    });
    expect(verdict.method).toBe(null);
  });
});

describe("web-llm rows › logs end as text, and it is said why", () => {
  const config = readChatConfig(chatConfig());
  const open = (fake: ReturnType<typeof fakeWebLlm>, change: Partial<Parameters<typeof openRows>[0]> = {}) =>
    openRows({
      engine: fake.engine,
      modelId: MODEL_ID,
      version: "0.2.86",
      config,
      forward: async () => new Float32Array(8),
      ...change,
    });

  test("a version that was never tested: nothing of it is touched", async () => {
    const fake = fakeWebLlm();
    const { rows } = await open(fake, { version: "0.2.99" });
    expect(rows).toEqual({ refused: expect.stringMatching(/never tested with rows: WebLLM 0\.2\.99/) });
    expect(fake.calls).toEqual([]);
  });

  test("a name that is missing", async () => {
    const fake = fakeWebLlm({ functions: FUNCTIONS.slice(1) });
    const { rows } = await open(fake);
    expect(rows).toEqual({ refused: expect.stringContaining("lacks vm.builtin.kv_state_begin_forward") });
    expect(fake.calls).toEqual([]);
  });

  test("a model of another kind: its cache is never asked for rows", async () => {
    const fake = fakeWebLlm({ metadata: { ...QWEN2_METADATA, model_type: "deepseek_v2" } });
    const { rows } = await open(fake);
    expect(rows).toEqual({ refused: expect.stringContaining("multi-head latent attention") });
    expect(fake.calls).not.toContain("read");
  });

  test("a recurrent model, which has no cache: by what it is, not by the name that is missing", async () => {
    const fake = fakeWebLlm();
    fake.pipeline.kvCache = undefined;
    const { rows } = await open(fake, { config: { ...config, modelType: "rwkv6" } });
    expect(rows).toEqual({ refused: "a recurrent state in place of rows (rwkv6)" });
  });

  test("a rotation that cannot be turned back", async () => {
    const fake = fakeWebLlm();
    const yarn = { ...config, model: { rope_scaling: { rope_type: "yarn" } } };
    const { rows } = await open(fake, { config: yarn });
    expect(rows).toEqual({ refused: expect.stringContaining("yarn") });
    expect(fake.calls).not.toContain("read");
  });

  test("pages of another geometry, and a self-test that fails in every other way", async () => {
    const fake = fakeWebLlm();
    const { rows, verdict } = await open(fake);
    expect(rows).toEqual({ refused: expect.stringContaining("a self-test that failed") });
    expect(verdict).toMatchObject({ method: null });
    expect(verdict!.reasons.join(" ")).toMatch(/"pages" was passed over: its cache has pages of 0 layers/);
    expect(verdict!.reasons.join(" ")).toMatch(/"fused" was passed over/);
  });

  test("a verdict of an earlier load is believed, and nothing is run", async () => {
    const fake = fakeWebLlm();
    const forward = async () => Promise.reject(new Error("not to be run"));
    const verdict = { method: "fused" as const, race: false, reasons: [] };
    const { rows } = await open(fake, { verdict, forward });
    expect(rows).toMatchObject({ method: { name: "fused" } });
  });

  test("whatever the engine throws", async () => {
    const fake = fakeWebLlm({ metadata: undefined });
    fake.pipeline.vm = {
      getFunction() {
        throw new Error("no _metadata");
      },
    };
    const { rows } = await open(fake);
    expect(rows).toEqual({ refused: expect.stringContaining("no _metadata") });
  });

  test("but whoever stopped the load hears AbortError", async () => {
    const fake = fakeWebLlm();
    fake.pipeline.resetKVCache = () => {
      throw new AbortError("stopped");
    };
    await expect(open(fake)).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("web-llm verdicts › belong to one adapter, library, version and model", () => {
  const adapter = { vendor: "a", architecture: "b", device: "c", description: "d" };
  const key = { adapter, library: "l.wasm", version: "0.2.86", fingerprint: "f" };
  const others = [
    { ...key, adapter: { ...adapter, device: "x" } },
    { ...key, library: "m.wasm" },
    { ...key, version: "0.2.87" },
    { ...key, fingerprint: "g" },
  ];
  expect(new Set([key, ...others].map(verdictKey)).size).toBe(5);
});
