/** The loop: fresh prompts, accumulation, limits, what a task gives and leaves. */
import { describe, expect, it } from "vitest";
import { createRuntime } from "../../src/runtime/runtime.ts";
import { textOf } from "../../src/testing/scripted-engine.ts";
import {
  ANSWER,
  CORPUS,
  INSTRUCTION,
  KEYWORDS,
  LOGS,
  QUESTION,
  setUp,
  shown,
} from "../support/scripted-task.ts";

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
    const used = {
      id: "a",
      question: "Question of a?",
      similarity: 0.9,
      steps: 2,
      rows: "Late a.\n\n".length,
    };
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

  it("a task may ask that logs be similar, its search is told so; those that it names come anyway", async () => {
    const { runtime, bank } = setUp({ script: () => ANSWER, logs: LOGS });
    const floors = { minSimilarity: 0.4, minRelativeSimilarity: 0.7 };
    await runtime.answer({ question: QUESTION, record: false, ...floors });
    expect(bank.searches[0]!.options).toMatchObject(floors);
    await runtime.answer({ question: QUESTION, record: false });
    expect(Object.keys(bank.searches[1]!.options)).not.toContain("minSimilarity");
    const named = LOGS.at(-1)!.log.id;
    const { steps } = await runtime.answer({
      question: QUESTION,
      record: false,
      ...floors,
      minSimilarity: 1,
      logs: [named],
    });
    expect(steps[0]!.logs.map(({ id }) => id)).toEqual([named]);
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
