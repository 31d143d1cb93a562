/** The report of an evaluation → what `npm run eval` prints for people. */
import { retrievalName } from "../../src/app/words.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { tablesOf } from "../../src/evaluation/report-tables.ts";
import { asText } from "../../src/evaluation/table.ts";
import type { Limits } from "../../src/runtime/limits.ts";

export function asTables(report: EvaluationReport): string {
  return [headOf(report), ...tablesOf(report).map(asText)].join("\n\n");
}

function floorNames({ minSimilarity = 0, minRelativeSimilarity = 0 }: Limits): string {
  const absolute = minSimilarity > 0 ? `; logs of a similarity of at least ${minSimilarity}` : "";
  const relative =
    minRelativeSimilarity > 0
      ? `; logs of at least ${minRelativeSimilarity} of the most similar one's similarity`
      : "";
  return absolute + relative;
}

/** What the figures depend on, in a line each. */
export function headOf({ setting, documents }: EvaluationReport): string {
  const { dataset, form, questions, split, model, backend, limits, layout, again, front } = setting;
  const found = retrievalName(setting.retrieval);
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
    `Limits: ${limits.maxSteps} steps; ${limits.logsPerStep} logs and ${limits.documentsPerStep} documents a step${front ? "" : floorNames(limits)}`,
    ...(found.length === 0 ? [] : [`Found: ${found.join(", ")}`]),
    ...(setting.thoughts === undefined ? [] : [`Thoughts: ${setting.thoughts}`]),
    ...(layout.placement === "front" ? [] : [`Placement: ${layout.placement}`]),
    ...(layout.recording === "re-encode" ? [] : [`Recording: ${layout.recording}`]),
    ...(again ? ["Asked in other words"] : []),
    ...(front ? ["Logs as the questions name them"] : []),
  ].join("\n");
}
