/** The report of an evaluation → what `npm run eval` prints for people. */
import { floorNames } from "../../src/app/report/floor-names.ts";
import { retrievalName } from "../../src/app/words.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { tablesOf } from "../../src/evaluation/report-tables.ts";
import { asText } from "../../src/evaluation/table.ts";

export function asTables(report: EvaluationReport): string {
  return [headOf(report), ...tablesOf(report).map(asText)].join("\n\n");
}

/** What the figures depend on, in a line each. */
export function headOf({ setting, documents }: EvaluationReport): string {
  const { dataset, form, questions, split, model, backend, limits, layout, again, front } = setting;
  const found = retrievalName(setting.retrieval);
  const floors = front
    ? ""
    : floorNames(limits)
        .map((floor) => `; ${floor}`)
        .join("");
  const parts = split ? `, split ${split.unseenShare} by seed ${split.seed}` : "";
  return [
    `${dataset} (${form}): ${questions.seen} seen, ${questions.unseen} unseen${parts}`,
    ...(setting.alsoSeen === undefined
      ? []
      : [
          `Of the unseen questions ${setting.alsoSeen} are among the seen ones too: their own logs are in the bank`,
        ]),
    `Documents: ${documents.unseen}, ${documents.source}`,
    `Model: ${model.name} (${model.fingerprint.slice(0, 8)}) on ${backend}`,
    `Limits: ${limits.maxSteps} steps; ${limits.logsPerStep} logs and ${limits.documentsPerStep} documents a step${floors}`,
    ...(found.length === 0 ? [] : [`Found: ${found.join(", ")}`]),
    ...(setting.thoughts === undefined ? [] : [`Thoughts: ${setting.thoughts}`]),
    ...(layout.placement === "front" ? [] : [`Placement: ${layout.placement}`]),
    ...(layout.recording === "re-encode" ? [] : [`Recording: ${layout.recording}`]),
    ...(again ? ["Asked in other words"] : []),
    ...(front ? ["Logs as the questions name them"] : []),
  ].join("\n");
}
