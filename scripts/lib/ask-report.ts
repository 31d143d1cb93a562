/** What `npm run ask` prints: for people, or as one object for programs. */
import type { LoadResult } from "../../src/client/protocol.ts";
import type { TaskResult } from "../../src/runtime/events.ts";
import { unitOf } from "../../src/terms/log.ts";

/** What was loaded, and how long that took. */
export type TimedLoad = Pick<LoadResult, "model"> & { readonly milliseconds: number };

/** The object of `--json`. Times are milliseconds. */
export function asJson(result: TaskResult, load: TimedLoad) {
  return {
    answer: result.answer,
    steps: result.steps.length,
    mode: result.mode,
    trainedFor: isTrainedFor(result, load),
    placement: result.placement,
    recording: result.recording,
    backend: result.backend,
    logs: result.logs.map(({ id, question, similarity, rows }) => ({ id, question, similarity, rows })),
    responses: result.responses,
    // What the model wrote before a step, in mode reflection.
    preparations: result.steps.flatMap(({ number: step, preparation }) =>
      preparation ? [{ step, ...preparation }] : [],
    ),
    timings: { load: load.milliseconds, ...result.timings },
  };
}

/** Null when the model's configuration does not say. */
function isTrainedFor({ mode }: TaskResult, { model }: TimedLoad): boolean | null {
  return model.trainedModes?.includes(mode) ?? null;
}

export function asText(result: TaskResult, load: TimedLoad): string {
  const { steps, logs, timings, backend } = result;
  const unit = `${unitOf(result.mode)}s`;
  const lines = steps.flatMap((step) => [
    `Step ${step.number}: ${step.query}`,
    `  read: ${step.documents.join(", ") || "nothing"}`,
    ...(step.preparation
      ? [`  wrote a cheat sheet of ${step.preparation.newTokens} tokens:`, indented(step.preparation.text)]
      : []),
    `  in front: ${step.prefixRows} ${unit} of ${step.logs.length} ${step.logs.length === 1 ? "log" : "logs"}`,
    `  ${step.response}`,
  ]);
  const used = logs.map(
    ({ question, similarity, rows }) =>
      `  ${question} (${Math.round(similarity * 100)}% similar${rows > 0 ? `, ${rows} ${unit}` : ""})`,
  );
  return [
    ...lines,
    "",
    `Answer: ${result.answer ?? "none"}`,
    `Steps: ${steps.length}`,
    `Logs used: ${logs.length}`,
    ...used,
    `${howOf(result, load)}, on ${backend}. Load ${seconds(load.milliseconds)}, answer ${seconds(timings.total)} (first token ${seconds(timings.firstToken)}).`,
  ].join("\n");
}

/** What differs from the published layout is named. */
function howOf(result: TaskResult, load: TimedLoad): string {
  const { mode, placement, recording } = result;
  return [
    `Mode ${mode}`,
    isTrainedFor(result, load) === false ? " (not trained for)" : "",
    placement === "front" ? "" : `, placement ${placement}`,
    recording === "re-encode" ? "" : `, recording ${recording}`,
  ].join("");
}

function indented(text: string): string {
  return text.trim().replace(/^/gm, "    ");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
