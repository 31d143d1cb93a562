/** Mode reflection: what the model is shown, what stands in front, what is reported, and what is left out. */
import { describe, expect, it } from "vitest";
import { reflectionMessage } from "../../src/compose/reflection-message.ts";
import { BEGIN, charsOf, textOf } from "../../src/testing/scripted-engine.ts";
import { ANSWER, KEYWORDS, LOGS, QUESTION, setUp } from "../support/scripted-task.ts";

const SHEET = "Ada Mora directed The Lamp.";
const RANKING = { [QUESTION]: ["a", "b"], "Ada Mora": ["c"] };
const isReflection = (prompt: string) => prompt.includes("cheat sheet");
const task = { question: QUESTION, mode: "reflection" } as const;

/** Says the sheet when it is asked to reflect, else the next response. */
function reflecting(...responses: string[]) {
  const left = [...responses];
  return (_request: unknown, prompt: string) => (isReflection(prompt) ? SHEET : left.shift()!);
}

describe("mode reflection", () => {
  it("the model is shown every response of every log, each on one line, and the new question last", () => {
    const message = reflectionMessage(
      [
        { question: "Who\nwas it?", trace: { responses: ["One.\nTwo.", "<ans> A </ans>"] } },
        { question: "Where?", trace: { responses: ["There."] } },
      ],
      "And now?",
    );
    expect(message.slice(message.indexOf("Earlier task 1"))).toBe(
      "Earlier task 1: Who was it?\n- Step 1: One. Two.\n- Step 2: <ans> A </ans>\n\n" +
        "Earlier task 2: Where?\n- Step 1: There.\n\nNew question: And now?",
    );
  });

  it("before each step one generation makes a cheat sheet of all logs so far, which stands in front as text", async () => {
    const { runtime, engine } = setUp({
      script: reflecting(KEYWORDS, ANSWER),
      logs: LOGS,
      logRanking: RANKING,
    });
    const result = await runtime.answer(task);
    expect(engine.prompts.map(isReflection)).toEqual([true, false, true, false]);
    expect(engine.prompts[0]).toContain(
      "- Step 1: Early a.\n- Step 2: Late a.\n\nEarlier task 2: Question of b?",
    );
    expect(engine.prompts[0]).toMatch(new RegExp(`New question: ${QUESTION.replace("?", "\\?")}$`));
    expect(engine.prompts[0]).not.toContain("Early c.");
    expect(engine.prompts[2]).toContain("Early c.");
    const sheet = charsOf(`${SHEET}\n\n`);
    for (const step of [1, 3]) {
      const { prefix, ids } = engine.requests[step]!;
      expect([prefix, ids.slice(0, sheet.length + 1)]).toEqual([[], [...sheet, BEGIN]]);
    }
    expect(result.steps.map(({ response }) => response)).toEqual([KEYWORDS, ANSWER]);
    expect(result.responses).toEqual([KEYWORDS, ANSWER]);
  });

  it("the step reports what was said for it: text, tokens, time, and each piece as it came", async () => {
    const { runtime, engine, events, onEvent } = setUp({
      script: reflecting(ANSWER),
      logs: LOGS,
      logRanking: RANKING,
    });
    const { steps, logs, timings } = await runtime.answer(task, { onEvent });
    const [asked, step] = engine.requests;
    expect(steps[0]).toMatchObject({
      preparation: { text: SHEET, promptTokens: asked!.ids.length, newTokens: SHEET.length },
      prefixRows: SHEET.length + 2,
      promptTokens: step!.ids.length - SHEET.length - 2,
      newTokens: ANSWER.length,
    });
    expect(timings.prepare).toBe(steps[0]!.timings.prepare);
    expect(timings.prepare).toBeGreaterThan(0);
    expect(logs.map(({ id, rows }) => [id, rows])).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      "step-start",
      "retrieve-end",
      "preparation-delta",
      "prefix-end",
      "text-delta",
      "step-end",
      "record-end",
    ]);
    expect(events[2]).toEqual({ type: "preparation-delta", step: 1, text: SHEET });
    expect(events[3]).toMatchObject({ rows: SHEET.length + 2 });
  });

  it.each([
    [undefined, 200],
    [2000, 512],
    [40, 40],
  ])("a model or task that allows %s tokens gets a cheat sheet of at most %s", async (maxNewTokens, most) => {
    const { runtime, engine } = setUp({
      script: reflecting(ANSWER),
      logs: LOGS,
      ...(maxNewTokens === 2000 && { model: { maxNewTokens: 2000 } }),
    });
    await runtime.answer({ ...task, ...(maxNewTokens && { maxNewTokens }) });
    expect(engine.requests[0]!.maxNewTokens).toBe(most);
  });

  it("without logs nothing is generated, and the task is that of mode none", async () => {
    const run = async (mode: "reflection" | "none") => {
      const { runtime, engine } = setUp({ script: reflecting(KEYWORDS, ANSWER), logs: LOGS, logRanking: {} });
      const { steps } = await runtime.answer({ question: QUESTION, mode });
      expect(steps.some((step) => "preparation" in step)).toBe(false);
      return engine.requests.map(({ prefix, ids }) => ({ prefix, ids }));
    };
    expect(await run("reflection")).toEqual(await run("none"));
  });

  it("a cheat sheet with nothing in it puts nothing in front", async () => {
    const script = (_: unknown, prompt: string) => (isReflection(prompt) ? " \n" : ANSWER);
    const { runtime, engine } = setUp({ script, logs: LOGS, logRanking: RANKING });
    const { steps } = await runtime.answer(task);
    expect(engine.requests[1]!.ids[0]).toBe(BEGIN);
    expect(steps[0]).toMatchObject({ prefixRows: 0, preparation: { newTokens: 2 } });
  });

  it("logs that the model cannot read at once are left out, the least similar first, and told", async () => {
    const logs = setUp({ script: reflecting(ANSWER), logs: LOGS, logRanking: RANKING });
    await logs.runtime.answer(task);
    const whole = logs.engine.requests[0]!.ids.length + 200;
    const run = async (contextLength: number) => {
      const { runtime, engine } = setUp({
        script: reflecting(ANSWER),
        logs: LOGS,
        logRanking: RANKING,
        model: { contextLength },
      });
      const { steps, notices } = await runtime.answer(task);
      const shown = engine.prompts.filter(isReflection).map((prompt) => prompt.match(/Early ./g)!.join());
      return { shown, leftOut: steps[0]!.leftOut.logs, notices: notices.map(({ code }) => code) };
    };
    expect(await run(whole)).toEqual({ shown: ["Early a,Early b"], leftOut: [], notices: [] });
    expect(await run(whole - 1)).toEqual({ shown: ["Early a"], leftOut: ["b"], notices: ["left-out"] });
  });

  it("a cheat sheet that leaves no room for the answer is left out whole, with its logs", async () => {
    const wide = setUp({ script: reflecting(ANSWER), logs: LOGS, logRanking: RANKING });
    await wide.runtime.answer(task);
    const contextLength = wide.engine.requests[0]!.ids.length + 200;
    const long = `${SHEET} `.repeat(40);
    const script = (_: unknown, prompt: string) => (isReflection(prompt) ? long : ANSWER);
    const { runtime, engine } = setUp({
      script,
      logs: LOGS,
      logRanking: RANKING,
      model: { contextLength },
    });
    const { steps } = await runtime.answer(task);
    expect(steps[0]).toMatchObject({ prefixRows: 0, logs: [], leftOut: { logs: ["a", "b"], documents: [] } });
    expect(steps[0]!.preparation!.text).toBe(long);
    expect(engine.requests[1]!.ids[0]).toBe(BEGIN);
  });

  it("what the model says cannot become a control token: it is tokenised as plain text", async () => {
    const { runtime, engine } = setUp({ script: reflecting(ANSWER), logs: LOGS, logRanking: RANKING });
    const { generate } = engine;
    engine.generate = async (request) => {
      const said = await generate(request);
      return isReflection(textOf(request.ids)) ? { ...said, ids: [BEGIN, BEGIN, ...said.ids] } : said;
    };
    await runtime.answer(task);
    expect(engine.requests[1]!.ids.filter((id) => id === BEGIN)).toHaveLength(1);
  });

  it("a stop while the model reflects ends the task, and stores nothing", async () => {
    const controller = new AbortController();
    const script = () => {
      controller.abort();
      return SHEET;
    };
    const { runtime, engine, bank } = setUp({ script, logs: LOGS, logRanking: RANKING });
    const stopped = runtime.answer(task, { signal: controller.signal });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(engine.requests).toHaveLength(1);
    expect(bank.calls).toEqual([]);
  });

  it("leaves a log of the responses alone, ready for the default mode", async () => {
    const { runtime, bank } = setUp({
      script: reflecting(KEYWORDS, ANSWER),
      logs: LOGS,
      logRanking: RANKING,
    });
    const { logId } = await runtime.answer(task);
    expect(bank.logs.get(logId!)).toMatchObject({
      mode: "reflection",
      responses: [KEYWORDS, ANSWER],
      usedLogs: ["a", "b", "c"],
    });
    expect(Object.keys(bank.logs.get(logId!)!.slices)).toEqual(["kv"]);
  });
});
