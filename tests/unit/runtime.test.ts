import { describe, expect, it } from "vitest";
import type { ModelInfo } from "../../src/engine/engine.ts";
import type { TextIndex } from "../../src/retrieve/text-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import type { LagEvent } from "../../src/runtime/events.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { Document } from "../../src/terms/document.ts";
import type { NewLog } from "../../src/terms/log.ts";
import { logOf, scriptedBank } from "../support/scripted-bank.ts";
import { BEGIN, charsOf, type Script, scriptedEngine, textOf } from "../support/scripted-engine.ts";

const QUESTION = "Where was the director of The Lamp born?";
const KEYWORDS = "The director is Ada Mora. <keywords> Ada Mora </keywords>";
const ANSWER = "Ada Mora is of Velin. <ans> Velin </ans>";
const doc = (title: string): Document => ({ title, text: `About ${title}.` });
const CORPUS = ["d0", "d1", "d2", "d3", "d4"].map(doc);
const INSTRUCTION = "State what the newest documents add, then give keywords or the answer.";

/** An index whose queries bring what they are told to, best first. */
function scriptedIndex(ranking: Record<string, readonly number[]>): TextIndex {
  return {
    size: 0,
    add: () => {},
    remove: () => {},
    clear: () => {},
    search: async (query, { k, skip = 0 }) =>
      (ranking[query] ?? []).map((id) => ({ id: String(id), similarity: 1 })).slice(skip, skip + k),
  };
}

interface SetUp {
  readonly script: readonly string[] | Script;
  readonly logs?: readonly NewLog[];
  readonly logRanking?: Record<string, readonly string[]>;
  readonly documentRanking?: Record<string, readonly number[]>;
  readonly model?: Partial<ModelInfo>;
}

function setUp({ script, logs = [], logRanking, documentRanking, model }: SetUp) {
  const engine = scriptedEngine(script, model);
  const bank = scriptedBank(logs, logRanking);
  const documents = new DocumentIndex(
    scriptedIndex(documentRanking ?? { [QUESTION]: [0, 1, 2, 3, 4], "Ada Mora": [1, 2, 3, 4] }),
  );
  documents.set(CORPUS);
  const runtime = createRuntime({ engine, bank, documents, origin: "https://here" });
  const events: LagEvent[] = [];
  const onEvent = (event: LagEvent) => events.push(event);
  return { engine, bank, documents, runtime, events, onEvent };
}

const LOGS = ["a", "b", "c", "d", "e"].map((id) => logOf(id, [`Early ${id}.`, `Late ${id}.`]));
const shown = (...titles: string[]) => titles.map((title) => `- ${title}: About ${title}.\n`).join("");

describe("runtime: the loop", () => {
  it("every step is a fresh prompt: instruction, all documents by step, the question, no earlier response", async () => {
    const { engine, runtime } = setUp({ script: [KEYWORDS, ANSWER] });
    await runtime.answer({ question: QUESTION, mode: "none" });
    const head = `${INSTRUCTION}\n\nDocuments, step 1:\n${shown("d0", "d1")}\n`;
    expect(engine.prompts).toEqual([
      `${head}Question: ${QUESTION}`,
      // The second query's top 2 are d1 and d2; d1 is there already.
      `${head}Documents, step 2:\n${shown("d2")}\nQuestion: ${QUESTION}`,
    ]);
    expect(
      engine.requests.map(({ prefix, maxNewTokens, sampling }) => ({ prefix, maxNewTokens, sampling })),
    ).toEqual(Array(2).fill({ prefix: [], maxNewTokens: 200, sampling: { temperature: 0 } }));
  });

  it("gives the answer, what it took, and what it left", async () => {
    const { runtime, bank } = setUp({ script: [KEYWORDS, ANSWER] });
    const result = await runtime.answer({ question: `  ${QUESTION} `, mode: "none" });
    expect(result).toMatchObject({
      question: QUESTION,
      answer: "Velin",
      outcome: "answered",
      mode: "none",
      backend: "wasm",
      responses: [KEYWORDS, ANSWER],
      logs: [],
      notices: [],
      timings: { firstToken: 2, generate: 12 },
    });
    expect(
      result.steps.map(({ number, query, documents, newTokens }) => [number, query, documents, newTokens]),
    ).toEqual([
      [1, QUESTION, ["d0", "d1"], KEYWORDS.length],
      [2, "Ada Mora", ["d0", "d1", "d2"], ANSWER.length],
    ]);
    expect(result.steps[1]!.action).toEqual({ type: "answer", text: "Velin" });
    expect(bank.logs.get(result.logId!)).toMatchObject({
      question: QUESTION,
      responses: [KEYWORDS, ANSWER],
      steps: 2,
      mode: "none",
      usedDocuments: ["d0", "d1", "d2"],
      usedLogs: [],
      origin: "https://here",
    });
  });

  it("reports what happens in order", async () => {
    const { runtime, events, onEvent } = setUp({ script: [KEYWORDS, ANSWER], logs: LOGS.slice(0, 1) });
    const { logId } = await runtime.answer({ question: QUESTION }, { onEvent });
    const step = ["step-start", "retrieve-end", "prefix-end", "text-delta", "step-end"];
    expect(events.map(({ type }) => type)).toEqual([...step, ...step, "record-end"]);
    const used = { id: "a", question: "Question of a?", similarity: 0.9, rows: "Late a.\n\n".length };
    expect(events[1]).toEqual({ type: "retrieve-end", step: 1, logs: [used], documents: CORPUS.slice(0, 2) });
    expect(events[6]).toEqual({ type: "retrieve-end", step: 2, logs: [], documents: [CORPUS[2]] });
    expect(events[7]).toEqual({ type: "prefix-end", step: 2, rows: 9, leftOut: { logs: [], documents: [] } });
    expect(events.at(-1)).toEqual({ type: "record-end", logId, rows: ANSWER.length + 2 });
  });

  it("with no tag the whole response is the next query, with nothing said the query stays", async () => {
    const { runtime, bank } = setUp({ script: ["Ada Mora", "", ANSWER] });
    const result = await runtime.answer({ question: QUESTION });
    expect(result.steps.map(({ query }) => query)).toEqual([QUESTION, "Ada Mora", "Ada Mora"]);
    expect(bank.searches.map(({ options }) => options.skip)).toEqual([0, 0, 3]);
  });

  it("the same query again moves its windows on, and a step that brings nothing keeps its group", async () => {
    const again = `Again. <keywords> ${QUESTION} </keywords>`;
    const { engine, runtime } = setUp({ script: [again, again, again, ANSWER] });
    await runtime.answer({ question: QUESTION, mode: "none" });
    expect(engine.prompts.at(-1)).toContain(
      `Documents, step 2:\n${shown("d2", "d3")}\nDocuments, step 3:\n${shown("d4")}\nDocuments, step 4:\n\nQuestion`,
    );
  });

  it("ends after 8 steps without an answer, and stores that too", async () => {
    const { runtime, engine, bank } = setUp({ script: () => KEYWORDS });
    const result = await runtime.answer({ question: QUESTION });
    expect(engine.requests).toHaveLength(8);
    expect(result).toMatchObject({ answer: null, outcome: "unanswered" });
    expect(bank.logs.get(result.logId!)).toMatchObject({ answer: null, outcome: "unanswered", steps: 8 });
  });

  it("a task may allow fewer steps, logs, documents and tokens", async () => {
    const { runtime, engine } = setUp({ script: () => KEYWORDS, logs: LOGS });
    const limits = { maxSteps: 2, logsPerStep: 1, documentsPerStep: 1, maxNewTokens: 7 };
    const { steps } = await runtime.answer({ question: QUESTION, ...limits });
    expect(steps.map(({ logs, documents }) => [logs.length, documents.length])).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(engine.requests[0]!.maxNewTokens).toBe(7);
  });

  it("`unknown` ends a task, is stored and marked", async () => {
    const { runtime, bank } = setUp({ script: ["Nothing. <ans> Unknown </ans>"] });
    const result = await runtime.answer({ question: QUESTION });
    expect(result).toMatchObject({ answer: "Unknown", outcome: "unknown" });
    expect(bank.logs.get(result.logId!)).toMatchObject({ outcome: "unknown" });
  });

  it("without a corpus the groups are empty", async () => {
    const { engine, bank } = setUp({ script: [ANSWER] });
    await createRuntime({ engine, bank, origin: "x" }).answer({ question: QUESTION });
    expect(engine.prompts[0]).toBe(`${INSTRUCTION}\n\nDocuments, step 1:\n\nQuestion: ${QUESTION}`);
  });
});

describe("runtime: logs in front", () => {
  const ranking = { [QUESTION]: ["a", "b", "c", "d"], "Ada Mora": ["b", "e", "a", "d"] };
  const rowsOf = (request: { prefix: readonly { keys: ArrayLike<number> }[] }) =>
    request.prefix.map(({ keys }) => textOf(keys));

  it("kv: rows of the last responses stand in front; logs accumulate in the order in which they came", async () => {
    const { runtime, engine } = setUp({ script: [KEYWORDS, ANSWER], logs: LOGS, logRanking: ranking });
    const result = await runtime.answer({ question: QUESTION, mode: "kv" });
    const late = (ids: string) => [...ids].map((id) => `Late ${id}.\n\n`);
    expect(engine.requests.map(rowsOf)).toEqual([late("abc"), late("abce")]);
    expect(engine.requests.map(({ ids }) => ids[0])).toEqual([BEGIN, BEGIN]);
    expect(result.steps.map(({ prefixRows }) => prefixRows)).toEqual([27, 36]);
    expect(result.logs.map(({ id, similarity, rows }) => [id, similarity, rows])).toEqual([
      ["a", 0.9, 9],
      ["b", 0.8, 9],
      ["c", 0.7, 9],
      ["e", 0.8, 9],
    ]);
  });

  it("text-last: the ids of the same slices stand before begin-of-text", async () => {
    const { runtime, engine } = setUp({ script: [ANSWER], logs: LOGS, logRanking: ranking });
    const result = await runtime.answer({ question: QUESTION, mode: "text-last" });
    const { ids, prefix } = engine.requests[0]!;
    expect(prefix).toEqual([]);
    expect(ids.slice(0, 28)).toEqual([...charsOf("Late a.\n\nLate b.\n\nLate c.\n\n"), BEGIN]);
    expect(result.steps[0]).toMatchObject({ prefixRows: 27, promptTokens: ids.length - 27 });
  });

  it("none: the bank is not asked, but the task leaves a log", async () => {
    const { runtime, engine, bank } = setUp({ script: [ANSWER], logs: LOGS });
    const { logId } = await runtime.answer({ question: QUESTION, mode: "none" });
    expect(bank.searches).toEqual([]);
    expect(engine.requests[0]!.prefix).toEqual([]);
    expect(bank.slices.get(logId!)!.tokens).toBe(ANSWER.length + 2);
  });

  it("logs without an answer are looked for only when asked for", async () => {
    const { runtime, bank } = setUp({ script: () => ANSWER });
    await runtime.answer({ question: QUESTION });
    await runtime.answer({ question: QUESTION, unansweredLogs: true });
    expect(bank.searches.map(({ options }) => options)).toEqual([
      { k: 3, skip: 0, unanswered: false },
      { k: 3, skip: 0, unanswered: true },
    ]);
  });

  it("what one task leaves, the next one finds", async () => {
    const { runtime, engine } = setUp({ script: [KEYWORDS, ANSWER, ANSWER] });
    const first = await runtime.answer({ question: QUESTION, mode: "none" });
    const second = await runtime.answer({ question: "Of what place is the director of The Lamp?" });
    expect(rowsOf(engine.requests.at(-1)!)).toEqual([`${ANSWER}\n\n`]);
    expect(second.logs).toEqual([
      { id: first.logId, question: QUESTION, similarity: 0.9, rows: ANSWER.length + 2 },
    ]);
  });

  it("another model's log is encoded again and replaced before its rows stand in front", async () => {
    const foreign = logOf("a", ["Early a.", "Late a."], { model: "model-b" });
    foreign.slices.kv!.keys.fill(7);
    const { runtime, engine, bank } = setUp({ script: [ANSWER], logs: [foreign] });
    const { notices } = await runtime.answer({ question: QUESTION });
    expect(rowsOf(engine.requests[0]!)).toEqual(["Late a.\n\n"]);
    expect(notices.map(({ code }) => code)).toEqual(["re-encoded"]);
    expect(bank.logs.get("a")!.model).toBe("model-a");
  });

  it("a log whose rows are another log's gives those rows: the rows are what the model sees", async () => {
    const { runtime, engine, bank } = setUp({
      script: [ANSWER],
      logs: LOGS,
      logRanking: { [QUESTION]: ["a"] },
    });
    bank.slices.set("a", logOf("z", ["Unrelated."]).slices.kv!);
    const { notices } = await runtime.answer({ question: QUESTION });
    expect(rowsOf(engine.requests[0]!)).toEqual(["Unrelated.\n\n"]);
    expect(notices).toEqual([]);
  });

  it("what does not fit is left out and reported", async () => {
    const first =
      `${INSTRUCTION}\n\nDocuments, step 1:\n${shown("d0", "d1")}\nQuestion: ${QUESTION}`.length + 2;
    const model = { contextLength: first + 200 + 18 };
    const { runtime, engine } = setUp({ script: [ANSWER], logs: LOGS, logRanking: ranking, model });
    const result = await runtime.answer({ question: QUESTION });
    expect(rowsOf(engine.requests[0]!)).toEqual(["Late a.\n\n", "Late b.\n\n"]);
    expect(result.steps[0]!.leftOut).toEqual({ logs: ["c"], documents: [] });
    expect(result.logs.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(result.notices).toEqual([
      { code: "left-out", text: expect.stringContaining("Step 1: 1 log did not fit") },
    ]);
    const kept = [...engine.requests[0]!.prefix].reduce((sum, { tokens }) => sum + tokens, 0);
    expect(kept + engine.requests[0]!.ids.length + 200).toBe(model.contextLength);
  });

  it("a question that leaves no room for an answer is refused before anything is generated", async () => {
    const { runtime, engine, bank } = setUp({ script: [ANSWER], model: { contextLength: 300 } });
    await expect(runtime.answer({ question: QUESTION })).rejects.toMatchObject({ name: "ContextFullError" });
    expect([engine.requests, bank.calls]).toEqual([[], []]);
  });
});

describe("runtime: when something fails", () => {
  it("logs that cannot be searched: the task goes on like mode none, with a notice", async () => {
    const { runtime, engine, bank } = setUp({ script: [KEYWORDS, ANSWER], logs: LOGS });
    bank.search = () => Promise.reject(new Error("index is broken"));
    const result = await runtime.answer({ question: QUESTION });
    expect(result.answer).toBe("Velin");
    expect(engine.requests.map(({ prefix }) => prefix)).toEqual([[], []]);
    expect(result.notices.map(({ code }) => code)).toEqual(["retrieval-failed", "retrieval-failed"]);
    expect(result.logId).not.toBeNull();
  });

  it("documents that cannot be searched: the task goes on without, with a notice", async () => {
    const { runtime, documents, events, onEvent } = setUp({ script: [ANSWER] });
    documents.search = () => Promise.reject(new Error("no corpus"));
    const result = await runtime.answer({ question: QUESTION }, { onEvent });
    expect(result).toMatchObject({ answer: "Velin", notices: [{ code: "documents-failed" }] });
    expect(events.filter(({ type }) => type === "notice")).toHaveLength(1);
  });

  it.each(["add", "encode"] as const)("an error in recording (%s) never loses the answer", async (where) => {
    const { runtime, engine, bank, events, onEvent } = setUp({ script: [ANSWER] });
    const full = () => Promise.reject(new Error("storage is full"));
    if (where === "add") bank.add = full;
    else engine.encode = full;
    const result = await runtime.answer({ question: QUESTION }, { onEvent });
    expect(result).toMatchObject({ answer: "Velin", logId: null, notices: [{ code: "record-failed" }] });
    expect(result.notices[0]!.text).toContain("storage is full");
    expect(events.some(({ type }) => type === "record-end")).toBe(false);
  });

  it("an engine that fails fails the task, and nothing is stored", async () => {
    const { runtime, bank } = setUp({ script: () => Promise.reject(new Error("device lost")) });
    await expect(runtime.answer({ question: QUESTION })).rejects.toThrow("device lost");
    expect(bank.calls).toEqual([]);
  });

  it.each([1, 2])(
    "a task that is stopped in step %i ends with AbortError and stores nothing",
    async (step) => {
      const controller = new AbortController();
      const { runtime, engine, bank } = setUp({
        script: () => {
          if (engine.requests.length === step) controller.abort();
          return KEYWORDS;
        },
      });
      const { signal } = controller;
      await expect(runtime.answer({ question: QUESTION }, { signal })).rejects.toMatchObject({
        name: "AbortError",
      });
      expect(engine.requests).toHaveLength(step);
      expect(bank.calls).toEqual([]);
    },
  );

  it("a stop while the log is being made keeps the answer and stores nothing", async () => {
    const controller = new AbortController();
    const { runtime, engine, bank } = setUp({ script: [ANSWER] });
    const { encode } = engine;
    engine.encode = (ids, from, to, signal) => {
      controller.abort();
      return encode(ids, from, to, signal);
    };
    const result = await runtime.answer({ question: QUESTION }, { signal: controller.signal });
    expect(result).toMatchObject({ answer: "Velin", logId: null });
    expect(bank.calls).toEqual([]);
  });

  it("a task that is not to be recorded leaves nothing", async () => {
    const { runtime, engine, bank } = setUp({ script: [ANSWER] });
    const { logId } = await runtime.answer({ question: QUESTION, record: false });
    expect([logId, engine.encoded, bank.calls]).toEqual([null, [], []]);
  });

  it("a malformed task is refused before anything happens", async () => {
    const { runtime, bank, events, onEvent } = setUp({ script: [] });
    await expect(runtime.answer({ question: " " }, { onEvent })).rejects.toMatchObject({
      name: "InputError",
    });
    expect([bank.searches, events]).toEqual([[], []]);
  });
});

describe("runtime: remember", () => {
  it("stores a trace that was solved elsewhere like a task of its own", async () => {
    const { runtime, engine, bank } = setUp({ script: [] });
    const id = await runtime.remember({
      question: QUESTION,
      responses: [KEYWORDS, ANSWER],
      answer: "Velin",
      outcome: "answered",
      mode: "none",
      usedLogs: [],
      usedDocuments: [],
    });
    expect(bank.logs.get(id)).toMatchObject({ question: QUESTION, steps: 2, answer: "Velin" });
    expect(textOf(bank.slices.get(id)!.keys)).toBe(`${ANSWER}\n\n`);
    expect(textOf(engine.encoded[0]!.ids)).toBe(`\n\n${KEYWORDS}\n\n${ANSWER}\n\n`);
  });
});
