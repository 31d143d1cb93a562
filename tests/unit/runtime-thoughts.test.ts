/** A thinking model in the loop: what it thinks decides nothing, and stands in the trace only where it is kept. */
import { describe, expect, it, vi } from "vitest";
import { ANSWER, QUESTION, setUp } from "../support/scripted-task.ts";

const THOUGHTS = "<think>Perhaps <ans> Rome </ans>?</think>\n\n";
const ASKS = "<subquestion>How many?</subquestion>";
const TASK = { question: QUESTION, kind: "reasoning" } as const;

/** `kept`: whether the engine leaves the thoughts in front of the text. */
function thinking(kept: boolean, responses: readonly string[]) {
  const parts = setUp({ script: responses });
  const { generate } = parts.engine;
  vi.spyOn(parts.engine, "generate").mockImplementation(async (request) => {
    request.onThoughts?.(THOUGHTS);
    const said = await generate({ ...request, capture: undefined });
    const text = kept ? THOUGHTS + said.text : said.text;
    request.capture?.({ text, thoughts: THOUGHTS });
    return { ...said, text, thoughts: THOUGHTS };
  });
  return parts;
}

describe.each([false, true])("runtime: a model that thinks, thoughts kept: %s", (kept) => {
  it("an answer that was only thought of is none; the next prompt holds no thoughts", async () => {
    const { runtime, engine } = thinking(kept, [ASKS, ANSWER]);
    const { steps, answer } = await runtime.answer(TASK);
    expect(steps.map(({ action }) => action.type)).toEqual(["subquestion", "answer"]);
    expect(answer).toBe("Velin");
    expect(engine.prompts[1]).toContain(`Said in the step before:\n${ASKS}\n`);
    expect(engine.prompts[1]).not.toContain("Rome");
  });

  it("the trace has what the engine kept; the step tells the thoughts", async () => {
    const { runtime, bank, events, onEvent } = thinking(kept, [ANSWER]);
    const { steps, logId } = await runtime.answer(TASK, { onEvent });
    const response = kept ? THOUGHTS + ANSWER : ANSWER;
    expect(steps[0]).toMatchObject({ response, thoughts: THOUGHTS });
    expect(bank.logs.get(logId!)).toMatchObject({ responses: [response], answer: "Velin" });
    expect(events).toContainEqual({ type: "thoughts-delta", step: 1, text: THOUGHTS });
  });

  it("rows are captured of the text that the trace keeps, when the response ends the task", async () => {
    const { runtime, engine } = thinking(kept, [ASKS, ANSWER]);
    await runtime.answer({ ...TASK, recording: "live", mode: "kv" }).catch(() => {});
    const [first, last] = vi.mocked(engine.generate).mock.calls.map(([{ capture }]) => capture);
    const text = (kept ? THOUGHTS : "") + ANSWER;
    expect(first!({ text: ASKS, thoughts: THOUGHTS })).toBeNull();
    expect(first!({ text: THOUGHTS + ASKS, thoughts: THOUGHTS })).toBeNull();
    expect(last!({ text, thoughts: THOUGHTS })).toHaveLength(text.length + 2);
  });
});
