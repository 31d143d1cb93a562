/** What `npm run ask` prints. */
import { describe, expect, it } from "vitest";
import { asJson, asText, type TimedLoad } from "../../scripts/lib/ask-report.ts";
import { LOGS, QUESTION, setUp } from "../support/scripted-task.ts";

const SHEET = "Ada Mora directed The Lamp.\nShe is of Velin.";
const load = (trainedModes?: readonly string[]) =>
  ({ milliseconds: 1200, model: trainedModes ? { trainedModes } : {} }) as TimedLoad;

async function reflected(task = {}) {
  const script = (_: unknown, prompt: string) =>
    prompt.includes("cheat sheet") ? SHEET : "So. <ans> Velin </ans>";
  const { runtime } = setUp({ script, logs: LOGS, logRanking: { [QUESTION]: ["a"] } });
  return runtime.answer({ question: QUESTION, mode: "reflection", ...task });
}

describe("the report of npm run ask", () => {
  it("shows the cheat sheet of a step, and that the model was not trained for the mode", async () => {
    const result = await reflected();
    const text = asText(result, load(["none", "kv"]));
    expect(text).toContain(
      `  wrote a cheat sheet of ${SHEET.length} tokens:\n    Ada Mora directed The Lamp.\n    She is of Velin.\n` +
        `  in front: ${SHEET.length + 2} tokens of 1 log\n`,
    );
    expect(text).toContain("Question of a? (90% similar)");
    expect(text).toMatch(/\nMode reflection \(not trained for\), on wasm\. Load 1\.2 s, /);
    expect(asJson(result, load(["none", "kv"]))).toMatchObject({
      mode: "reflection",
      trainedFor: false,
      preparations: [{ step: 1, text: SHEET, newTokens: SHEET.length }],
      timings: { load: 1200, prepare: result.timings.prepare },
    });
  });

  it("says nothing of training where the model does not, or was trained for it", async () => {
    const result = await reflected();
    expect(asText(result, load())).toContain("\nMode reflection, on wasm.");
    expect(asJson(result, load()).trainedFor).toBeNull();
    expect(asText(result, load(["reflection"]))).toContain("\nMode reflection, on wasm.");
    expect(asJson(result, load(["reflection"])).trainedFor).toBe(true);
  });

  it("names a layout that is not the published one", async () => {
    const result = await reflected({ mode: "none", placement: "sink-first", recording: "live" });
    expect(asText(result, load())).toContain("\nMode none, placement sink-first, recording live, on wasm.");
    expect(asJson(result, load())).toMatchObject({
      placement: "sink-first",
      recording: "live",
      preparations: [],
    });
  });
});
