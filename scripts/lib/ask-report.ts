/** What `npm run ask` prints: for people, or as one object for programs. */
import type { TaskResult } from "../../src/runtime/events.ts";
import { unitOf } from "../../src/terms/log.ts";

/** The object of `--json`. Times are milliseconds. */
export function asJson(result: TaskResult, load: number) {
  return {
    answer: result.answer,
    steps: result.steps.length,
    mode: result.mode,
    backend: result.backend,
    logs: result.logs.map(({ id, question, similarity, rows }) => ({ id, question, similarity, rows })),
    responses: result.responses,
    timings: { load, ...result.timings },
  };
}

export function asText(result: TaskResult, load: number): string {
  const { steps, logs, timings, backend, mode } = result;
  const unit = `${unitOf(mode)}s`;
  const lines = steps.flatMap((step) => [
    `Step ${step.number}: ${step.query}`,
    `  read: ${step.documents.join(", ") || "nothing"}`,
    `  in front: ${step.prefixRows} ${unit} of ${step.logs.length} ${step.logs.length === 1 ? "log" : "logs"}`,
    `  ${step.response}`,
  ]);
  const used = logs.map(
    ({ question, similarity, rows }) =>
      `  ${question} (${Math.round(similarity * 100)}% similar, ${rows} ${unit})`,
  );
  return [
    ...lines,
    "",
    `Answer: ${result.answer ?? "none"}`,
    `Steps: ${steps.length}`,
    `Logs used: ${logs.length}`,
    ...used,
    `Mode ${mode}, on ${backend}. Load ${seconds(load)}, answer ${seconds(timings.total)} (first token ${seconds(timings.firstToken)}).`,
  ].join("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
