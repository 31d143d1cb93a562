/** Chat tasks: one step whose whole response is the answer, earlier turns behind the logs, a log that takes another's place. */
import { describe, expect, it } from "vitest";
import { instructionFor } from "../../src/compose/instruction.ts";
import type { Task } from "../../src/runtime/events.ts";
import { LOGS, QUESTION, setUp } from "../support/scripted-task.ts";

const TURNS = [
  { question: "Who made The Lamp?", answer: "Ada Mora." },
  { question: "When?", answer: "In 1931." },
];
const TASK = { question: "And where?", kind: "chat" } as const;

describe("runtime: chat tasks", () => {
  it("one step, nothing but what was asked, the whole response as the answer", async () => {
    const said = "She lived there:\n\n- in **Velin**\n";
    const { engine, runtime, bank } = setUp({ script: [said], logs: LOGS });
    const result = await runtime.answer(TASK);
    expect(engine.prompts).toEqual(["And where?"]);
    expect(result).toMatchObject({ answer: said.trim(), outcome: "answered", responses: [said] });
    expect(result.logs.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(bank.logs.get(result.logId!)).toMatchObject({
      question: "And where?",
      responses: [said],
      steps: 1,
    });
  });

  it("an answer that is tagged all the same counts without its tags; nothing said is no answer", async () => {
    const outcome = async (said: string) => {
      const { answer, outcome } = await setUp({ script: [said] }).runtime.answer(TASK);
      return [answer, outcome];
    };
    expect(await outcome("So. <ans> Velin </ans>")).toEqual(["Velin", "answered"]);
    expect(await outcome("<ans>unknown</ans>")).toEqual(["unknown", "unknown"]);
    expect(await outcome("<keywords>Velin</keywords>")).toEqual(["<keywords>Velin</keywords>", "answered"]);
    expect(await outcome(" \n")).toEqual([null, "unanswered"]);
  });

  it("earlier turns stand in front of the message, behind the logs, in tasks of every kind, and in no log", async () => {
    const chat = setUp({ script: ["In Velin."], logs: LOGS });
    const result = await chat.runtime.answer({ ...TASK, turns: TURNS });
    expect(chat.engine.prompts).toEqual(["Who made The Lamp?Ada Mora.When?In 1931.And where?"]);
    expect(chat.engine.requests[0]!.prefix).toHaveLength(3);
    expect(chat.bank.logs.get(result.logId!)!.responses).toEqual(["In Velin."]);
    expect(JSON.stringify(chat.bank.logs.get(result.logId!))).not.toContain("1931");

    const knowledge = setUp({ script: ["<ans>Velin</ans>"] });
    await knowledge.runtime.answer({ question: QUESTION, turns: TURNS.slice(1), documentsPerStep: 0 });
    const instruction = instructionFor({ instruction: "short" }, "knowledge");
    expect(knowledge.engine.prompts[0]).toBe(
      `When?In 1931.${instruction}\n\nDocuments, step 1:\n\nQuestion: ${QUESTION}`,
    );
  });

  it("the oldest turns go when room runs out, and that is told", async () => {
    // begin, characters and end of three messages, of which the first turn goes; room for 200
    const length = "When?In 1931.And where?".length + 3 * 2 + 200;
    const { engine, runtime } = setUp({ script: ["In Velin."], model: { contextLength: length } });
    const { steps, notices } = await runtime.answer({ ...TASK, turns: TURNS });
    expect(engine.prompts).toEqual(["When?In 1931.And where?"]);
    expect(steps[0]!.leftOut).toEqual({ logs: [], documents: [], turns: 1 });
    expect(notices.map(({ text }) => text)).toEqual([expect.stringContaining("1 earlier turn did not fit")]);
  });

  it("takes the place of the log that it replaces, which it does not read", async () => {
    const { runtime, bank } = setUp({ script: ["In Velin."], logs: LOGS });
    const result = await runtime.answer({ ...TASK, replaces: "b" });
    expect(result.logs.map(({ id }) => id)).toEqual(["a", "c", "d"]);
    expect(bank.calls).toEqual(["add And where?", "delete b"]);
  });

  it("leaves that log where it is when it is stopped, or leaves no log itself", async () => {
    const stop = new AbortController();
    const stopped = setUp({
      script: () => {
        stop.abort();
        return "In";
      },
      logs: LOGS,
    });
    const asked = stopped.runtime.answer({ ...TASK, replaces: "b" }, { signal: stop.signal });
    await expect(asked).rejects.toThrowError(expect.objectContaining({ name: "AbortError" }));
    expect(stopped.bank.calls).toEqual([]);
    const unrecorded = setUp({ script: ["In Velin."], logs: LOGS });
    await unrecorded.runtime.answer({ ...TASK, replaces: "b", record: false });
    expect(unrecorded.bank.calls).toEqual([]);
  });

  it.each([
    [{ maxSteps: 2 }, /^maxSteps is 2, expected a whole number from 1 to 1/],
    [{ documentsPerStep: 1 }, /^documentsPerStep is 1, expected a whole number from 0 to 0/],
    [{ turns: [{ question: "x" }] }, /^turns is \[.*expected a list of { question, answer }/],
    [{ turns: "x" }, /^turns is "x"/],
    [{ replaces: 7 }, /^replaces is 7, expected the id of a log/],
  ])("refuses %o", async (wrong, message) => {
    const { runtime } = setUp({ script: [] });
    await expect(runtime.answer({ ...TASK, ...wrong } as Task)).rejects.toThrowError(
      expect.objectContaining({ name: "InputError", message: expect.stringMatching(message) }),
    );
  });
});
