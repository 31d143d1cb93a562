/** Reasoning tasks: what was said before stands in the next prompt, subquestions lead on, documents are not needed. */
import { describe, expect, it } from "vitest";
import { instructionFor } from "../../src/compose/instruction.ts";
import { ANSWER, LOGS, QUESTION, setUp, shown } from "../support/scripted-task.ts";

const INSTRUCTION = instructionFor({ instruction: "short" }, "reasoning");
const ASKS =
  "Two parts. <subquestion>How many?</subquestion> <subquestion>How long?</subquestion> <subquestion>How many?</subquestion>";
const ASKS_MORE = "Seven. <subquestion>How long is one?</subquestion>";
const TASK = { question: QUESTION, kind: "reasoning" } as const;

describe("runtime: reasoning tasks", () => {
  it("every step is a fresh prompt: instruction, the response of the step before, the question", async () => {
    const { engine, runtime } = setUp({ script: [ASKS, ASKS_MORE, ANSWER] });
    const { steps, answer } = await runtime.answer(TASK);
    const end = `Question: ${QUESTION}`;
    expect(engine.prompts).toEqual([
      `${INSTRUCTION}\n\n${end}`,
      `${INSTRUCTION}\n\nSaid in the step before:\n${ASKS}\n\n${end}`,
      `${INSTRUCTION}\n\nSaid in the step before:\n${ASKS_MORE}\n\n${end}`,
    ]);
    expect(answer).toBe("Velin");
    expect(steps.map(({ documents }) => documents)).toEqual([[], [], []]);
  });

  it("all subquestions are the next query, once each, and bring logs", async () => {
    const logRanking = { [QUESTION]: ["a"], "How many? How long?": ["b"] };
    const { runtime, bank } = setUp({ script: [ASKS, ANSWER], logs: LOGS, logRanking });
    const { steps } = await runtime.answer(TASK);
    expect(bank.searches.map(({ query }) => query)).toEqual([QUESTION, "How many? How long?"]);
    expect(steps.map(({ logs }) => logs.map(({ id }) => id))).toEqual([["a"], ["a", "b"]]);
  });

  it("ends after 3 steps without an answer, and stores that too", async () => {
    const { runtime, engine, bank } = setUp({ script: () => ASKS });
    const result = await runtime.answer(TASK);
    expect(engine.requests).toHaveLength(3);
    expect(result).toMatchObject({ answer: null, outcome: "unanswered", responses: [ASKS, ASKS, ASKS] });
    expect(bank.logs.get(result.logId!)).toMatchObject({ outcome: "unanswered", steps: 3 });
  });

  it("may take more steps than a knowledge task does by default", async () => {
    const { runtime, engine } = setUp({ script: () => ASKS });
    await runtime.answer({ ...TASK, maxSteps: 12 });
    expect(engine.requests).toHaveLength(12);
  });

  it("reads documents when it is told how many", async () => {
    const { runtime, engine } = setUp({ script: [ASKS, ANSWER] });
    await runtime.answer({ ...TASK, documentsPerStep: 1 });
    expect(engine.prompts[1]).toBe(
      `${INSTRUCTION}\n\nDocuments, step 1:\n${shown("d0")}\nDocuments, step 2:\n\n` +
        `Said in the step before:\n${ASKS}\n\nQuestion: ${QUESTION}`,
    );
  });
});
