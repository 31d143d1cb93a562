/** The loop on the real engine: real token ids, real rows, real retrieval; what the model says does not matter. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import type { Engine, GenerateRequest } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load-engine.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { Trace } from "../../src/terms/log.ts";
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";
import { openSpeaker } from "../support/tiny-speaker.ts";

const QUESTION = "Where was the director of The Lamp born?";
const CORPUS = [
  { title: "The Lamp", text: "The Lamp was directed by Ada Mora." },
  { title: "Ada Mora", text: "Ada Mora was born in Velin. Ada Mora is a painter." },
  { title: "Velin", text: "Velin is a town." },
];
const trace = (question: string, ...responses: string[]): Trace => ({
  question,
  responses,
  answer: "Velin",
  outcome: "answered",
  mode: "none",
  usedLogs: [],
  usedDocuments: [],
});
const LAMP = trace(
  QUESTION,
  "The director of The Lamp is Ada Mora. <keywords> Ada Mora </keywords>",
  "The place of birth of Ada Mora is Velin. <ans> Velin </ans>",
);
const ADA = trace("Where was Ada Mora born?", "The place of birth of Ada Mora is Velin. <ans> Velin </ans>");

/** An engine that also keeps what it was asked. */
function watched(engine: Engine) {
  const requests: GenerateRequest[] = [];
  const watching: Engine = Object.create(engine, {
    generate: {
      value: (request: GenerateRequest) => {
        requests.push(request);
        return engine.generate(request);
      },
    },
  });
  return { engine: watching, requests };
}

const documents = new DocumentIndex(() => new LexicalIndex());

function setUp(real: Engine, bank = new MemoryBank(new LexicalIndex())) {
  const { engine, requests } = watched(real);
  return { bank, requests, runtime: createRuntime({ engine, bank, documents, origin: "test" }) };
}

describe("the loop on the real engine", () => {
  let engine: Engine;
  let other: Engine;
  beforeAll(async () => {
    await documents.set(CORPUS);
    engine = await openSpeaker();
    other = await openSpeaker({ seed: 2 });
  });
  afterAll(async () => {
    await engine.dispose();
    await other.dispose();
  });

  it("a task runs to its end, is answered or not, and leaves a log with its rows", async () => {
    const { runtime, bank, requests } = setUp(engine);
    const result = await runtime.answer({ question: QUESTION, mode: "none", maxSteps: 3 });
    expect(result.steps.length).toBe(requests.length);
    expect(result.steps[0]!.documents).toContain("The Lamp");
    expect(result.steps.every(({ newTokens }) => newTokens > 0 && newTokens <= 12)).toBe(true);
    const log = (await bank.get(result.logId!))!;
    expect(log).toMatchObject({
      question: QUESTION,
      steps: result.steps.length,
      model: engine.model.fingerprint,
    });
    expect(log.responseIds).toEqual(result.responses.map((response) => engine.tokenize(`${response}\n\n`)));
    const slice = (await bank.slice(log.id, "kv"))!;
    expect(slice).toMatchObject({ shape: engine.model.shape, dtype: engine.model.dtype });
    expect(slice.tokens).toBe(log.responseIds.at(-1)!.length);
    expect(log.slices.kv).toMatchObject({
      tokens: slice.tokens,
      bytes: slice.keys.byteLength + slice.values.byteLength,
    });
  });

  it("the prompt is begin-of-text, user, message, end-of-turn, assistant", async () => {
    const { runtime, requests } = setUp(engine);
    await runtime.answer({ question: QUESTION, mode: "none", maxSteps: 1, documentsPerStep: 1 });
    const message =
      "State what the newest documents add, then give keywords or the answer.\n\n" +
      "Documents, step 1:\n- The Lamp: The Lamp was directed by Ada Mora.\n\n" +
      `Question: ${QUESTION}`;
    expect(requests[0]!.ids).toEqual([1, 2, ...engine.tokenize(message), 4, 3]);
  });

  it("kv puts as many rows in front as text-last puts tokens, and text-last those of the slices", async () => {
    const { runtime, bank, requests } = setUp(engine);
    await runtime.remember(LAMP);
    await runtime.remember(ADA);
    const task = { question: QUESTION, maxSteps: 1, record: false };
    const rows = await runtime.answer({ ...task, mode: "kv" });
    const text = await runtime.answer({ ...task, mode: "text-last" });
    const logs = await Promise.all(rows.logs.map(async ({ id }) => (await bank.get(id))!));
    expect(logs.map(({ question }) => question)).toEqual([LAMP.question, ADA.question]);
    const lastIds = logs.map(({ responseIds }) => responseIds.at(-1)!);

    expect(requests[0]!.prefix.map(({ tokens }) => tokens)).toEqual(lastIds.map((ids) => ids.length));
    expect(requests[1]!.prefix).toEqual([]);
    expect(requests[1]!.ids).toEqual([...lastIds.flat(), ...requests[0]!.ids]);
    expect(rows.logs).toEqual(text.logs);
    expect(rows.steps[0]!.prefixRows).toBe(lastIds.flat().length);
    expect(text.steps[0]!.prefixRows).toBe(lastIds.flat().length);
    expect(text.steps[0]!.promptTokens).toBe(rows.steps[0]!.promptTokens);
  });

  it("rows of a last response carry the responses before it", async () => {
    const { runtime, bank } = setUp(engine);
    const both = (await bank.slice(await runtime.remember(LAMP), "kv"))!;
    const alone = (await bank.slice(await runtime.remember(ADA), "kv"))!;
    expect(both.tokens).toBe(alone.tokens);
    const [a, b] = [Array.from(both.values), Array.from(alone.values)];
    const furthest = Math.max(...a.map((value, at) => Math.abs(value - b[at]!)));
    expect(furthest).toBeGreaterThan(0.05);
  });

  it("another model's log is encoded again, ids and rows, before it is used, and is replaced", async () => {
    const { runtime: first, bank } = setUp(other);
    const id = await first.remember(LAMP);
    const before = (await bank.slice(id, "kv"))!;
    const { runtime, requests } = setUp(engine, bank);
    const result = await runtime.answer({ question: QUESTION, maxSteps: 1 });
    expect(result.notices.map(({ code }) => code)).toEqual(["re-encoded"]);
    const after = (await bank.slice(id, "kv"))!;
    expect((await bank.get(id))!.model).toBe(engine.model.fingerprint);
    expect(after.keys).not.toEqual(before.keys);
    expect(requests[0]!.prefix[0]!.keys).toEqual(after.keys);

    const fresh = setUp(engine);
    expect(after.keys).toEqual((await fresh.bank.slice(await fresh.runtime.remember(LAMP), "kv"))!.keys);
    const again = await runtime.answer({ question: QUESTION, maxSteps: 1, record: false });
    expect(again.notices).toEqual([]);
    expect(again.responses).toEqual(result.responses);
  });

  it("a stop while the model speaks ends the task and stores nothing", async () => {
    const { runtime, bank } = setUp(engine);
    const controller = new AbortController();
    const onEvent = (event: { type: string }) => {
      if (event.type === "text-delta") controller.abort();
    };
    const stopped = runtime.answer({ question: QUESTION }, { onEvent, signal: controller.signal });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await bank.list()).toEqual([]);
    expect((await runtime.answer({ question: QUESTION, maxSteps: 1 })).steps).toHaveLength(1);
  });
});

describe("the loop on the embedded model", () => {
  let engine: Engine;
  beforeAll(async () => {
    const modelUrl = projectUrl("public/models/embedded");
    engine = await loadEngine({ modelUrl, backend: "wasm", fetch: diskFetch });
  });
  afterAll(() => engine?.dispose());

  const task = {
    question: "In what town was the director of The Lamp born?",
    maxSteps: 1,
    maxNewTokens: 24,
  };

  it("is given the short instruction, reads rows of a log, and leaves one that the next task finds", async () => {
    expect(engine.model).toMatchObject({ instruction: "short", contextLength: 3072 });
    const { runtime, bank, requests } = setUp(engine);
    const id = await runtime.remember(LAMP);
    const first = await runtime.answer(task);
    expect(first.notices).toEqual([]);
    expect(first.logs.map((log) => log.id)).toEqual([id]);
    expect(first.logs[0]!.rows).toBe((await bank.get(id))!.responseIds.at(-1)!.length);
    expect(requests[0]!.prefix[0]).toEqual(await bank.slice(id, "kv"));
    const second = await runtime.answer({ ...task, unansweredLogs: true, record: false });
    expect(second.logs.map((log) => log.id)).toContain(first.logId);
  });

  it("is never given rows of another model, even of the same shape: they are encoded again", async () => {
    const another: Engine = Object.create(engine, {
      model: { value: { ...engine.model, fingerprint: "another model" } },
      encode: {
        value: async (...given: Parameters<Engine["encode"]>) => {
          const slice = await engine.encode(...given);
          return { ...slice, keys: slice.keys.map(() => 7) };
        },
      },
    });
    const { runtime: first, bank } = setUp(another);
    const id = await first.remember(LAMP);
    expect((await bank.slice(id, "kv"))!.keys.every((key) => key === 7)).toBe(true);

    const { runtime, requests } = setUp(engine, bank);
    const fresh = setUp(engine);
    const own = await fresh.bank.slice(await fresh.runtime.remember(LAMP), "kv");
    const result = await runtime.answer({ ...task, record: false });
    expect(result.notices.map(({ code }) => code)).toEqual(["re-encoded"]);
    expect(result.logs.map((log) => log.id)).toEqual([id]);
    expect(requests[0]!.prefix).toEqual([own]);
  });
});
