/** WebLLM's own chat behind rows of logs: when the cache begins anew, what is refused, who waits. */
import { describe, expect, test } from "vitest";
import type { Bridge } from "../../src/engine/webllm/bridge.ts";
import type { MlcEngine } from "../../src/engine/webllm/library.ts";
import { WebLlmEngine } from "../../src/engine/webllm/web-llm-engine.ts";
import { NO_ROWS } from "../../src/terms/kv-shape.ts";
import { seededSlice } from "../support/kv-rows.ts";

const shape = { layers: 1, kvHeads: 1, headDim: 4 };
const slice = (tokens = 3) => seededSlice(shape, "float32", tokens, 1);
const REQUEST = { messages: [{ role: "user" as const, content: "Who?" }] };

function open(refused?: string) {
  const calls: string[] = [];
  const requests: object[] = [];
  const library = {
    chat: {
      completions: {
        async create(request: { stream?: boolean }) {
          calls.push("create");
          requests.push(request);
          if (!request.stream) return { choices: [] };
          return (async function* () {
            for (const piece of [1, 2, 3]) yield piece;
          })();
        },
      },
    },
    resetChat: async () => void calls.push("reset"),
    interruptGenerate: async () => void calls.push("interrupt"),
  } as unknown as MlcEngine;
  const bridge = {
    beforePrompts(rows: number) {
      calls.push(`before ${rows}`);
      return async () => void calls.push("over");
    },
  } as unknown as Bridge;
  const geometry = { shape, dtype: "float32" as const, heads: 1 };
  const method = { name: "pages" as const, place: async () => {}, take: async () => slice() };
  const decoder = {
    backend: "webgpu",
    capacity: 16,
    vocabSize: 8,
    dispose: async () => void calls.push("dispose"),
  };
  const engine = new WebLlmEngine({
    library,
    rows: refused === undefined ? { bridge, geometry, method } : { refused },
    decoder: decoder as never,
    tokenizer: {} as never,
    template: { compose: () => [] },
    model: {
      name: "m",
      fingerprint: "f",
      contextLength: 16,
      maxNewTokens: undefined,
      shape: refused === undefined ? shape : NO_ROWS,
      dtype: "float32",
      weightBytes: 0,
    },
    endIds: [],
    notices: [],
  });
  return { engine, calls, requests };
}

describe("web-llm engine › chat", () => {
  test("rows stand before prompts while the completion runs; a conversation behind the same rows keeps its cache", async () => {
    const { engine, calls } = open();
    const prefix = [slice(3), slice(2)];
    await engine.chat(REQUEST, { prefix });
    await engine.chat(REQUEST, { prefix });
    expect(calls).toEqual(["reset", "before 5", "create", "over", "before 5", "create", "over"]);
  });

  test("what WebLLM offers is handed on as it is: sampling, JSON by a schema, its own way to be silent", async () => {
    const { engine, requests } = open();
    const asked = {
      ...REQUEST,
      temperature: 0.3,
      seed: 4,
      response_format: { type: "json_object" as const, schema: "{}" },
      extra_body: { enable_thinking: false },
    };
    await engine.chat(asked);
    for await (const _ of engine.chatStream(asked)) break;
    expect(requests).toEqual([
      { ...asked, stream: false },
      { ...asked, stream: true },
    ]);
  });

  test("behind other rows, or none, it begins anew", async () => {
    const { engine, calls } = open();
    await engine.chat(REQUEST, { prefix: [slice()] });
    calls.length = 0;
    await engine.chat(REQUEST);
    expect(calls).toEqual(["reset", "create"]);
  });

  const refusals = {
    "rows that were encoded behind a sink": [[{ ...slice(), sink: "abc" }], "LayoutMismatchError"],
    "rows of another shape": [[seededSlice({ ...shape, headDim: 8 }, "float32", 1, 1)], "KvShapeError"],
    "rows that leave no room": [[slice(16)], "ContextFullError"],
    "slices without rows": [[slice(0)], "KvShapeError"],
  } as const;
  for (const [name, [prefix, error]] of Object.entries(refusals)) {
    test(`${name} are refused, and nothing is asked`, async () => {
      const { engine, calls } = open();
      await expect(engine.chat(REQUEST, { prefix })).rejects.toMatchObject({ name: error });
      expect(calls).not.toContain("create");
    });
  }

  test("a model without rows chats without them, and refuses them with the reason", async () => {
    const { engine } = open("a self-test that failed");
    await engine.chat(REQUEST);
    await expect(engine.chat(REQUEST, { prefix: [slice()] })).rejects.toMatchObject({
      name: "ModelUnsupportedError",
      message: expect.stringContaining("a self-test that failed"),
    });
  });

  test("a stream that is left early ends its turn; others wait until then", async () => {
    const { engine, calls } = open();
    const stream = engine.chatStream(REQUEST, { prefix: [slice()] });
    expect((await stream.next()).value).toBe(1);
    const disposed = engine.dispose();
    await Promise.resolve();
    expect(calls).not.toContain("dispose");
    await stream.return();
    await disposed;
    expect(calls).toEqual(["reset", "before 3", "create", "over", "interrupt", "dispose"]);
  });

  test("one that was stopped before it began asks nothing", async () => {
    const { engine, calls } = open();
    await expect(engine.chat(REQUEST, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(calls).toEqual([]);
  });
});
