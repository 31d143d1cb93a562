/** The loop with logs: what stands in front of the prompt in each mode, and what is left out. */
import { describe, expect, it } from "vitest";
import { BEGIN, charsOf, textOf } from "../../src/testing/scripted-engine.ts";
import { logOf } from "../support/scripted-bank.ts";
import { ANSWER, INSTRUCTION, KEYWORDS, LOGS, QUESTION, setUp, shown } from "../support/scripted-task.ts";

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

  it("kv-all and text-all: everything that was said stands in front, as rows or as tokens", async () => {
    const all = (ids: string) => [...ids].map((id) => `\n\nEarly ${id}.\n\nLate ${id}.\n\n`);
    const rows = setUp({ script: [ANSWER], logs: LOGS, logRanking: ranking });
    const asRows = await rows.runtime.answer({ question: QUESTION, mode: "kv-all" });
    expect(rows.engine.requests.map(rowsOf)).toEqual([all("abc")]);
    const text = setUp({ script: [ANSWER], logs: LOGS, logRanking: ranking });
    const asText = await text.runtime.answer({ question: QUESTION, mode: "text-all" });
    const ids = charsOf(all("abc").join(""));
    expect(text.engine.requests[0]!.ids.slice(0, ids.length + 1)).toEqual([...ids, BEGIN]);
    expect(asText.steps[0]!.prefixRows).toBe(asRows.steps[0]!.prefixRows);
    expect(Object.keys(rows.bank.logs.get(asRows.logId!)!.slices)).toEqual(["kv", "kv-all"]);
    expect(Object.keys(text.bank.logs.get(asText.logId!)!.slices)).toEqual(["kv"]);
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
      { id: first.logId, question: QUESTION, similarity: 0.9, steps: 2, rows: ANSWER.length + 2 },
    ]);
  });

  it("logs that a task names stand in front of every step, in its order, and none is looked for", async () => {
    const unanswered = logOf("u", ["Late u."], { outcome: "unanswered", answer: null });
    const { runtime, engine, bank } = setUp({
      script: [KEYWORDS, KEYWORDS, ANSWER],
      logs: [...LOGS, unanswered],
      logRanking: ranking,
    });
    const named = { question: QUESTION, logs: ["d", "u", "a", "b"], logsPerStep: 0 };
    const result = await runtime.answer(named);
    const rows = ["Late d.\n\n", "Late u.\n\n", "Late a.\n\n", "Late b.\n\n"];
    expect(engine.requests.map(rowsOf)).toEqual([rows, rows, rows]);
    expect(bank.searches).toEqual([]);
    expect(result.logs.map(({ id, similarity }) => [id, similarity])).toEqual([
      ["d", 1],
      ["u", 1],
      ["a", 1],
      ["b", 1],
    ]);
    expect(result.steps[2]!.documents.length).toBeGreaterThan(2);
  });

  it("an empty list of logs: none stands in front, and none is looked for", async () => {
    const { runtime, engine, bank } = setUp({ script: [ANSWER], logs: LOGS, logRanking: ranking });
    await runtime.answer({ question: QUESTION, logs: [] });
    expect([engine.requests[0]!.prefix, bank.searches]).toEqual([[], []]);
  });

  it("a named log that is not in the bank ends the task before it begins, by its id", async () => {
    const { runtime, engine, events, onEvent } = setUp({ script: [ANSWER], logs: LOGS });
    const asked = runtime.answer({ question: QUESTION, logs: ["a", "gone"] }, { onEvent });
    await expect(asked).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringContaining('no log with the id "gone"'),
    });
    expect([engine.requests, events]).toEqual([[], []]);
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
